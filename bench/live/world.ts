/** The stores of a bench of the live side: an own PostgreSQL and an own Redis, and ways into both. */
import { Redis } from 'ioredis';
import { startPostgres } from '../../dev/postgres.ts';
import { type RedisServer, startRedis } from '../../dev/redis.ts';
import { type Database, openDatabase } from '../../src/platform/postgres.ts';
import { createMigratedDatabase } from '../database.ts';
import { type LogPublisher, openLogPublisher } from './log-publisher.ts';
import { apiRole, type MeasuredServer, startMeasuredServer } from './measured-server.ts';

export interface LiveWorld extends AsyncDisposable {
  readonly database: Database;
  readonly redisServer: RedisServer;
  /** A connection of the bench's own */
  readonly redis: Redis;
  readonly log: LogPublisher;
  /** Starts an api role on these stores; `env` adds to its configuration. */
  startApi(env?: Readonly<Record<string, string>>): Promise<MeasuredServer>;
}

/** Starts the stores, migrated and with an empty log; about three seconds. Disposal ends and removes them. */
export async function startLiveWorld(): Promise<LiveWorld> {
  await using setup = new AsyncDisposableStack();
  const postgres = setup.use(await startPostgres({ fast: true }));
  const redisServer = setup.use(await startRedis());
  const url = await createMigratedDatabase(postgres, 'live');
  const database = setup.use(openDatabase({ url, application: 'aorta-bench' }));
  const redis = setup.adopt(new Redis(redisServer.url), (connection) => connection.disconnect());
  const log = await openLogPublisher({ redis, pool: database.pool });
  const owned = setup.move();
  return {
    database,
    redisServer,
    redis,
    log,
    startApi: (env = {}) =>
      startMeasuredServer({
        script: apiRole,
        args: ['api'],
        env: { DATABASE_URL: url, REDIS_URL: redisServer.url, PORT: '0', ...env },
      }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
