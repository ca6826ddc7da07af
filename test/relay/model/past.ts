/** Copies of the stores as they stood after each step, and the way back to them. */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { Model, Moment, PostgresBackup } from './model.ts';
import type { ModelWorld } from './world.ts';

/** Copies both stores. Not Postgres while it is not told which history its epoch stands for. */
export async function copyStores(
  { history, epoch, logs, returned }: Model,
  { pool, redis }: ModelWorld,
): Promise<Moment> {
  const copy = await copyRedis(redis);
  const { through = Number.POSITIVE_INFINITY } = logs.get(epoch)!;
  return {
    redis: copy,
    through,
    postgres: returned ? undefined : { history, epoch, ...(await copyPostgres(pool)) },
  };
}

async function copyRedis(redis: Redis): Promise<ReadonlyMap<string, Buffer>> {
  const keys = await redis.keys('*');
  const values = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
  return new Map(keys.map((key, index) => [key, values[index]!]));
}

export async function restoreRedis(redis: Redis, copy: ReadonlyMap<string, Buffer>): Promise<void> {
  await redis.flushall();
  await Promise.all([...copy].map(([key, value]) => redis.restore(key, 0, value)));
}

const tables = ['outbox', 'sink', 'log'] as const;

async function copyPostgres(pool: Pool): Promise<Pick<PostgresBackup, 'tables' | 'sequence'>> {
  const columns = tables.map((table) => `(SELECT json_agg(t) FROM ${table} AS t)::text AS ${table}`);
  const { rows } = await pool.query(
    `SELECT ${columns.join(', ')}, (SELECT horizon FROM outbox_horizon()) AS sequence`,
  );
  const { sequence, ...copies } = rows[0];
  return { tables: copies, sequence };
}

/** Postgres gives out positions from `ahead` beyond the backup's. */
export async function restorePostgres(pool: Pool, backup: PostgresBackup, ahead: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    for (const table of tables) {
      await client.query(`DELETE FROM ${table}`);
      await client.query(`INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1)`, [
        backup.tables[table] ?? '[]',
      ]);
    }
    const sequence = backup.sequence + ahead;
    await client.query("SELECT setval('outbox_position_seq', greatest($1::bigint, 1), $1::bigint > 0)", [
      sequence,
    ]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
