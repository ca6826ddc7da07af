/** An outbox with partitions of ten positions, and days that pass when a test says so. */
import type { Pool } from 'pg';
import { ensurePartitions } from '../../src/outbox/partitions.ts';
import { columns, values } from './support.ts';

export const size = 10;

/** Makes the first partition one of ten positions, in place of that of the first migration. */
export async function shrinkFirstPartition(pool: Pool): Promise<void> {
  await pool.query('DROP TABLE outbox_p0');
  await pool.query(`CREATE TABLE outbox_p0 PARTITION OF outbox FOR VALUES FROM (0) TO (${size})`);
}

/** Writes events one by one, and makes partitions as the leading relay would. */
export async function writeEvents(pool: Pool, count: number, topic = 'test'): Promise<void> {
  for (let n = 0; n < count; n++) {
    await ensurePartitions(pool, size);
    await pool.query(
      `INSERT INTO outbox (${columns}) VALUES ${values('a', n + 1).replace("'test'", `'${topic}'`)}`,
    );
  }
}

/** The stream sink has published everything up to here. */
export const publishTo = (pool: Pool, position: number) =>
  pool.query("UPDATE sink SET position = $1 WHERE name = 'streams'", [position]);

/** Lets so many days pass since the closed partitions were closed. */
export const passDays = (pool: Pool, days: number) =>
  pool.query('UPDATE outbox_closed SET closed_at = closed_at - make_interval(days => $1)', [days]);

export async function positionsOf(pool: Pool): Promise<readonly number[]> {
  const { rows } = await pool.query<{ position: number }>('SELECT position FROM outbox ORDER BY position');
  return rows.map(({ position }) => position);
}
