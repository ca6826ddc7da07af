/** What a storm needs: PostgreSQL that counts what the api asks, Redis, relay and api, each a process of its own. */
import { freePort } from '../../dev/free-port.ts';
import { startPostgres } from '../../dev/postgres.ts';
import { startRedis } from '../../dev/redis.ts';
import { type RoleProcess, spawnRole } from '../../dev/role-process.ts';
import { createNudge } from '../../src/log/nudge.ts';
import { createOutbox, type Outbox } from '../../src/outbox/transaction.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { type Database, openDatabase } from '../../src/platform/postgres.ts';
import { openRedis, type Redis } from '../../src/platform/redis.ts';
import { createMigratedDatabase } from '../database.ts';
import { apiRole, type MeasuredServer, startMeasuredServer } from '../live/measured-server.ts';
import { asApiRole, countingSettings, countStatements } from './api-statements.ts';

export interface StormWorld extends AsyncDisposable {
  readonly database: Database;
  readonly redis: Redis;
  readonly redisUrl: string;
  readonly outbox: Outbox;
  /** The GraphQL endpoint, over ws: the same for every api that is started */
  readonly url: string;
  /** The newest one */
  readonly api: MeasuredServer;
  /** Settles when it takes connections. The one before must have been killed. */
  startApi(): Promise<void>;
  /** From now on Redis holds no more than about this many events of a topic. */
  keepInRedis(events: number): Promise<void>;
}

const logName = 'aorta';

/** Starts everything; a few seconds. Disposal ends all of it. */
export async function startStormWorld(): Promise<StormWorld> {
  await using setup = new AsyncDisposableStack();
  const postgres = setup.use(await startPostgres({ fast: true, settings: countingSettings }));
  const databaseUrl = await createMigratedDatabase(postgres, 'storm');
  const database = setup.use(openDatabase({ url: databaseUrl, application: 'aorta-bench' }));
  await countStatements(database.pool);
  const redisServer = setup.use(await startRedis());
  const redisUrl = redisServer.url;
  const redis = openRedis({ url: redisUrl, name: 'aorta-bench', logger: createLogger('bench', 'silent') });
  setup.defer(() => redis.disconnect());

  const port = String(await freePort());
  const launchApi = () =>
    startMeasuredServer({
      script: apiRole,
      args: ['api'],
      env: { DATABASE_URL: asApiRole(databaseUrl), REDIS_URL: redisUrl, PORT: port },
    });
  const startRelay = async (extra: Readonly<Record<string, string>> = {}): Promise<RoleProcess> => {
    const started = spawnRole('relay', { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, ...extra });
    await started.waitForLog('lease.taken');
    return started;
  };
  let api = await launchApi();
  setup.defer(() => api.kill());
  let relay = await startRelay();
  setup.defer(() => relay.kill().then(() => {}));

  const owned = setup.move();
  return {
    database,
    redis,
    redisUrl,
    outbox: createOutbox({ ...database, nudge: createNudge(redis, logName) }),
    url: `ws://127.0.0.1:${port}/graphql`,
    get api() {
      return api;
    },
    async startApi() {
      api = await launchApi();
    },
    async keepInRedis(events) {
      await relay.stop();
      relay = await startRelay({ STREAM_MAX_LENGTH: String(events) });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
