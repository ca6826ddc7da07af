import type { Pool } from 'pg';

/** Positions per partition of the outbox, unless configured; the first migration made the one from 0. */
export const defaultPartitionSize = 1_000_000;

/** A partition of the outbox: the positions from `from` on, below `to`. */
export interface Partition {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** What takes rows that no other partition covers: empty as long as partitions are made in time. */
export const defaultPartition = 'outbox_default';

/** The partitions but the default one, the oldest first. */
export async function readPartitions(pool: Pool): Promise<readonly Partition[]> {
  const { rows } = await pool.query<Partition>(
    `SELECT name, bounds[1]::bigint AS from, bounds[2]::bigint AS to
       FROM pg_inherits
       JOIN pg_class ON pg_class.oid = inhrelid
      CROSS JOIN LATERAL (
        SELECT inhrelid::regclass::text AS name,
               regexp_match(pg_get_expr(relpartbound, pg_class.oid), 'FROM \\(''(\\d+)''\\) TO \\(''(\\d+)''\\)') AS bounds
      ) AS described
      WHERE inhparent = 'outbox'::regclass AND bounds IS NOT NULL
      ORDER BY bounds[1]::bigint`,
  );
  return rows;
}

/**
 * Makes the next partition once less than a whole one is left ahead. When it is too late for that, the new one starts
 * well beyond the positions that are being given out, and those before it stay in the default partition. Never blocks
 * a mutation; waits at most a moment for its locks and is tried again by its caller.
 */
export async function ensurePartitions(pool: Pool, size = defaultPartitionSize): Promise<void> {
  const { rows } = await pool.query<{ last: number }>('SELECT outbox_last_position() AS last');
  const { last } = rows[0]!;
  const end = (await readPartitions(pool)).at(-1)?.to ?? 0;
  if (end > last + size) return;
  // a row on its way to the default partition must not find that another covers its position by now
  await makePartition(pool, Math.max(end, last + Math.ceil(size / 2)), size);
}

async function makePartition(pool: Pool, from: number, size: number): Promise<void> {
  const name = `outbox_p${from}`;
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query("SET LOCAL lock_timeout = '50ms'");
    // CREATE TABLE … PARTITION OF would lock the whole outbox; ATTACH locks the default partition, where nobody writes
    await client.query(`CREATE TABLE ${name} (LIKE outbox INCLUDING ALL)`);
    await client.query(`REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${name} FROM PUBLIC`);
    await client.query(
      `ALTER TABLE outbox ATTACH PARTITION ${name} FOR VALUES FROM (${from}) TO (${from + size})`,
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}
