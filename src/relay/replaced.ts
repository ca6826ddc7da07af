import type { Pool } from 'pg';
import type { LogState } from '../log/publish.ts';
import { readLogRow } from '../outbox/log-row.ts';

/**
 * Whether this Postgres is not the one that the log in Redis was published from: a restored backup, or a failover that
 * lost commits. Compares the newest published event by position and id. Comparing sequence values would not do:
 * Postgres logs them 32 ahead.
 */
export async function logWasReplaced(pool: Pool, state: LogState): Promise<boolean> {
  if (!state.newest) return false;
  const { floor } = await readLogRow(pool);
  if (state.newest.position <= floor) return false; // dropped by retention: nothing left to compare
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM outbox WHERE position = $1', [
    state.newest.position,
  ]);
  return rows[0]?.id !== state.newest.id;
}
