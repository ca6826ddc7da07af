import type { Pool } from 'pg';
import type { LogState } from '../log/publish.ts';

/**
 * Saves that the streams hold everything up to the newest event that was published. Changes nothing in a Postgres that
 * does not hold this event: it came back older than the log, and may give the event's position to another.
 */
export async function saveCheckpoint(pool: Pool, newest: NonNullable<LogState['newest']>): Promise<void> {
  await pool.query(
    `UPDATE sink SET position = $1, updated_at = now()
      WHERE name = 'streams' AND position < $1 AND EXISTS (SELECT FROM outbox WHERE position = $1 AND id = $2)`,
    [newest.position, newest.id],
  );
}
