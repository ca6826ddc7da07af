/** How the reactions to events ended, as far as inbox and dead letters know. */
import type { Pool } from 'pg';

export interface Outcome {
  readonly consumer: string;
  readonly eventId: string;
  /** REDRIVEN: a dead letter that is on its way to its consumer again */
  readonly status: 'DONE' | 'DEAD' | 'REDRIVEN';
  readonly attempts: number;
  readonly finishedAt: Date | null;
  /** With its stack: for operators */
  readonly error: string | null;
  /** How often it was redriven; 0 when it is no dead letter */
  readonly redrives: number;
}

/** One for each of these consumers and events that has ended. Uses the indexes on (consumer, event_id). */
export async function readOutcomes(
  pool: Pool,
  consumers: readonly string[],
  eventIds: readonly string[],
): Promise<readonly Outcome[]> {
  const { rows } = await pool.query<Outcome>(
    `SELECT consumer, event_id AS "eventId", 'DONE' AS status, attempts, handled_at AS "finishedAt",
            CASE WHEN NOT handled THEN 'Discarded from the dead letters.' END AS error, 0 AS redrives
       FROM inbox WHERE consumer = ANY($1) AND event_id = ANY($2::uuid[])
      UNION ALL
     SELECT consumer, event_id, CASE WHEN redrive_requested_at IS NULL THEN 'DEAD' ELSE 'REDRIVEN' END, attempts,
            CASE WHEN redrive_requested_at IS NULL THEN failed_at END,
            -- what it waited for is gone once it is on its way
            CASE WHEN NOT waits OR redrive_requested_at IS NULL THEN error END, redrives
       FROM dead_letter WHERE consumer = ANY($1) AND event_id = ANY($2::uuid[])`,
    [consumers, eventIds],
  );
  return rows;
}
