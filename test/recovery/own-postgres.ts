import { freePort } from '../../dev/free-port.ts';
import { type PostgresServer, startPostgres } from '../../dev/postgres.ts';
import { startRedis } from '../../dev/redis.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { applyMigrations } from '../../src/platform/schema-engine.ts';
import { type RoleProcess, spawnRole } from '../support/role-process.ts';
import type { World } from '../support/world.ts';
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
  const roles: RoleProcess[] = [];
  setup.defer(async () => {
    await Promise.all(roles.map((role) => role.kill()));
  });
  const port = String(await freePort());
  const env = { DATABASE_URL: url, REDIS_URL: redis.url, PORT: port };
  const owned = setup.move();
  return {
    postgres,
    database,
    redis,
    env,
    apiUrl: `http://127.0.0.1:${port}`,
    spawn(role, { env: extra = {}, args = [] } = {}) {
      const started = spawnRole(role, { ...env, ...extra }, args);
      roles.push(started);
      return started;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
