/** A deployment of one relay and one api, and a client that follows one viewer. */
import { startPostgres } from '../../dev/postgres.ts';
import { startRedis } from '../../dev/redis.ts';
import { spawnRole } from '../../dev/role-process.ts';
import { createNudge } from '../../src/log/nudge.ts';
import { createOutbox, type Outbox } from '../../src/outbox/transaction.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { type Database, openDatabase } from '../../src/platform/postgres.ts';
import { openRedis, type Redis } from '../../src/platform/redis.ts';
import { createMigratedDatabase } from '../database.ts';
import { nowMs } from '../live/clock.ts';
import { apiRole, startMeasuredServer } from '../live/measured-server.ts';
import { sequenceIn } from '../live/sequence.ts';
import { openSubscriber } from '../live/subscriber-socket.ts';

export interface LatencyWorld extends AsyncDisposable {
  readonly pool: Database['pool'];
  readonly redis: Redis;
  /** Nudges the relay, as every api does */
  readonly outbox: Outbox;
  /** When each event of the viewer was with the client, by its sequence number */
  readonly arrivedAtMs: ReadonlyMap<number, number>;
}

const logName = 'aorta';
export const viewer = 'followed';
const query = 'subscription ($userId: ID!) { watchActivity(userId: $userId) { id aggregateId cursor } }';

/** Starts everything; a few seconds. PostgreSQL makes every commit durable, as in production. */
export async function startLatencyWorld(): Promise<LatencyWorld> {
  await using setup = new AsyncDisposableStack();
  const postgres = setup.use(await startPostgres());
  const server = setup.use(await startRedis());
  const url = await createMigratedDatabase(postgres, 'latency');
  const { prisma, pool } = setup.use(openDatabase({ url, application: 'aorta-bench' }));
  const redis = openRedis({ url: server.url, name: 'aorta-bench', logger: createLogger('bench', 'silent') });
  setup.defer(() => redis.disconnect());
  const stores = { DATABASE_URL: url, REDIS_URL: server.url };
  const relay = setup.use(spawnRole('relay', stores));
  await relay.waitForLog('lease.taken');
  const api = setup.use(
    await startMeasuredServer({ script: apiRole, args: ['api'], env: { ...stores, PORT: '0' } }),
  );
  const arrivedAtMs = new Map<number, number>();
  let lost: string | undefined;
  const client = await openSubscriber({
    port: api.port,
    path: '/graphql',
    subscribe: { query, variables: { userId: viewer } },
    onNext(bytes, start, end) {
      arrivedAtMs.set(sequenceIn(bytes, start, end), nowMs());
    },
    onLost(why) {
      lost = why;
    },
  });
  setup.defer(() => client.close());
  const owned = setup.move();
  return {
    pool,
    redis,
    outbox: createOutbox({ prisma, pool, nudge: createNudge(redis, logName) }),
    get arrivedAtMs() {
      if (lost !== undefined) throw new Error(`the client lost its subscription: ${lost}`);
      return arrivedAtMs;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
