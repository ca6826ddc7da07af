import { type PostgresServer, startPostgres } from '../../dev/postgres.ts';
import { startRedis } from '../../dev/redis.ts';
import { applyMigrations } from '../../src/platform/migrations/apply.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { furnish, type World } from '../support/world.ts';
import { fill } from './support.ts';

export interface OwnPostgresWorld extends World {
  /** Nobody else uses it, so that it can crash and come back from a backup */
  readonly postgres: PostgresServer;
}

/** As `createRecoveryWorld`, on a PostgreSQL of the test's own; a few seconds. */
export async function createOwnPostgresWorld(): Promise<OwnPostgresWorld> {
  await using setup = new AsyncDisposableStack();
  const postgres = setup.use(await startPostgres({ fast: true }));
  const redis = setup.use(await startRedis());
  const url = postgres.url();
  await applyMigrations(url);
  const database = setup.use(openDatabase({ url, application: 'test' }));
  await fill(database);
  return { ...(await furnish(setup, { url, database, redis })), postgres };
}
