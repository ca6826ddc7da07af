/** Servers of a condition's own. */
import { type PostgresOptions, type PostgresServer, startPostgres } from '../dev/postgres.ts';
import { type RedisOptions, type RedisServer, startRedis } from '../dev/redis.ts';

/** A PostgreSQL that loses nothing when it is killed, with settings as `name=value`. */
export const postgresWith = async (
  setup: AsyncDisposableStack,
  ...settings: NonNullable<PostgresOptions['settings']>
): Promise<PostgresServer> => setup.use(await startPostgres({ fast: true, settings }));

/** A PostgreSQL of an older version. */
export const olderPostgres = async (
  setup: AsyncDisposableStack,
  major: NonNullable<PostgresOptions['major']>,
): Promise<PostgresServer> => setup.use(await startPostgres({ fast: true, major }));

/** A Redis with settings as `name value`. */
export const redisWith = async (
  setup: AsyncDisposableStack,
  ...settings: NonNullable<RedisOptions['settings']>
): Promise<RedisServer> => setup.use(await startRedis({ settings }));
