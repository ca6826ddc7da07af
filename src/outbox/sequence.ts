import type { Pool } from 'pg';

/**
 * Throws when the sequence of positions is behind the outbox, as it is after a restore of rows only and after logical
 * replication, which copies no sequences: what is written then takes places that were passed, and is never told.
 */
export async function refuseUsedPositions(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ newest: number; given: number }>(
    `SELECT greatest(coalesce(max(position), 0), (SELECT floor FROM log)) AS newest, outbox_last_position() AS given
       FROM outbox`,
  );
  const { newest, given } = rows[0]!;
  if (newest <= given) return;
  throw new Error(
    `the sequence outbox_position_seq is at ${given}, but the outbox has come to ${newest}, as after a restore without sequences: what is written now would never be told. Run: SELECT setval('outbox_position_seq', ${newest})`,
  );
}
