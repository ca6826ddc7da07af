/** Servers of a condition's own, and SQL for whoever sets them up. */
import pg from 'pg';
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

/** Runs statements one after the other, each in a transaction of its own. */
export async function tell(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
