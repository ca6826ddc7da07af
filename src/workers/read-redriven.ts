import type { Pool } from 'pg';
import type { LogEvent } from '../events/envelope.ts';

/** A consumer's dead letters that are to be handled again, oldest first. */
export async function readRedriven(pool: Pool, consumer: string): Promise<readonly LogEvent[]> {
  const { rows } = await pool.query<{ position: number; event: Omit<LogEvent, 'position'> }>(
    `SELECT position, event FROM dead_letter
      WHERE consumer = $1 AND redrive_requested_at IS NOT NULL ORDER BY dead_letter.position LIMIT 100`,
    [consumer],
  );
  return rows.map(({ position, event }) => ({ ...event, position }));
}
