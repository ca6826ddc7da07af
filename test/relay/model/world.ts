/** The stores that the model drives: a PostgreSQL database and a Redis of its own, emptied before every run. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import { startRedis } from '../../../dev/redis.ts';
import { readLogRow } from '../../../src/outbox/log-row.ts';
import { pgTypes } from '../../../src/platform/postgres.ts';
import { createTestDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';
import { createModel, type Model } from './model.ts';

export interface ModelWorld extends AsyncDisposable {
  /** Of readers, and of who looks on */
  readonly pool: pg.Pool;
  /** Of publishers and writers: its connections end when Postgres goes back */
  readonly actors: pg.Pool;
  readonly redis: Redis;
  logName: string;
  /** Empties the stores. Gives the model of what is there now. */
  reset(): Promise<Model>;
  /** Ends the connections of publishers and writers. */
  cutActors(): Promise<void>;
}

export async function createModelWorld(): Promise<ModelWorld> {
  await using setup = new AsyncDisposableStack();
  const { url, database } = setup.use(await createTestDatabase());
  const server = setup.use(await startRedis());
  const redis = new Redis(server.url);
  setup.defer(() => redis.disconnect());
  const actors = new pg.Pool({ connectionString: url, application_name: 'actor', types: pgTypes, max: 20 });
  actors.on('error', () => {}); // ended on purpose
  actors.on('connect', (client) => client.on('error', () => {}));
  setup.defer(() => actors.end());
  const { pool } = database;
  const owned = setup.move();
  const world: ModelWorld = {
    pool,
    actors,
    redis,
    logName: '',
    async reset() {
      world.logName = randomUUID();
      await redis.flushall();
      await pool.query('TRUNCATE outbox');
      await pool.query("SELECT setval('outbox_position_seq', 1, false)");
      await pool.query('UPDATE sink SET position = 0, marker = NULL');
      await pool.query('UPDATE log SET epoch = substr(md5(random()::text), 1, 12), floor = 0');
      return createModel((await readLogRow(pool)).epoch);
    },
    async cutActors() {
      await pool.query(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'actor'",
      );
      await until(() => actors.idleCount === 0, { message: 'idle connections are seen to have ended' });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  return world;
}
