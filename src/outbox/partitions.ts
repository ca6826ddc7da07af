import type { Pool } from 'pg';

/** Positions per partition of the outbox; the first migration made the one from 0. */
export const partitionSize = 1_000_000;

/**
 * Makes the partitions that the next positions need, one ahead. Making one looks through the default partition, which
 * is empty as long as this runs in time. Waits at most a moment for its lock and is tried again by its caller.
 */
export async function ensurePartitions(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ last: number }>('SELECT last_value AS last FROM outbox_position_seq');
  const current = Math.floor(rows[0]!.last / partitionSize);
  for (const index of [current, current + 1]) {
    const from = index * partitionSize;
    const name = `outbox_p${index}`;
    const exists = await pool.query('SELECT to_regclass($1) IS NOT NULL AS yes', [name]);
    if (exists.rows[0].yes) continue;
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query("SET LOCAL lock_timeout = '100ms'");
      await client.query(
        `CREATE TABLE ${name} PARTITION OF outbox FOR VALUES FROM (${from}) TO (${from + partitionSize})`,
      );
      await client.query(`REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${name} FROM PUBLIC`);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {});
      throw error;
    } finally {
      client.release();
    }
  }
}
