import { freePort } from '../../dev/free-port.ts';
import { type RedisOptions, type RedisServer, startRedis } from '../../dev/redis.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { createTestDatabase } from './database.ts';
import { type Role, type RoleProcess, spawnRole } from './role-process.ts';

/** All that a deployment needs, empty, and of the calling test's own. */
export interface World extends AsyncDisposable {
  readonly database: Database;
  readonly redis: RedisServer;
  /** The configuration of every role: DATABASE_URL, REDIS_URL, PORT */
  readonly env: Readonly<Record<string, string>>;
  /** Where the API listens that is started with `env` as it is */
  readonly apiUrl: string;
  /** Starts a role on this world; it is killed, if it still runs, when the world ends. */
  spawn(
    role: Role,
    options?: { env?: Readonly<Record<string, string>>; args?: readonly string[] },
  ): RoleProcess;
}

/** Made with `await using`: at the end roles, Redis and database are gone. Throws there if connections were left open. */
export async function createWorld(options: { redis?: RedisOptions } = {}): Promise<World> {
  await using setup = new AsyncDisposableStack();
  const { url, database } = setup.use(await createTestDatabase());
  const redis = setup.use(await startRedis(options.redis));
  const world = await furnish(setup, { url, database, redis });
  return world;
}

/** A world on these stores. It takes over what the stack holds: last made, first ended, its roles before all. */
export async function furnish(
  setup: AsyncDisposableStack,
  { url, database, redis }: { readonly url: string } & Pick<World, 'database' | 'redis'>,
): Promise<World> {
  const roles: RoleProcess[] = [];
  setup.defer(async () => {
    await Promise.all(roles.map((role) => role.kill()));
  });
  const port = String(await freePort());
  // most tests write beside the API, without a nudge
  const env = { DATABASE_URL: url, REDIS_URL: redis.url, PORT: port, RELAY_POLL_MS: '50' };
  const owned = setup.move();
  return {
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
