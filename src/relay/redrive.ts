import type { Pool } from 'pg';
import type { Jobs } from './jobs.ts';

interface Redriven {
  readonly consumer: string;
  readonly eventId: string;
  readonly position: number;
  readonly redrives: number;
  readonly envelope: string;
}

/**
 * Adds a job for every dead letter that is to be redriven. The request stands until the handler has ended, and the job
 * id counts redrives, so that adding one again, also after Redis lost it, is harmless.
 */
export async function enqueueRedriven({ pool, jobs }: { pool: Pool; jobs: Jobs }): Promise<void> {
  const { rows } = await pool.query<Redriven>(
    `SELECT consumer, event_id AS "eventId", position, redrives, event::text AS envelope
       FROM dead_letter JOIN consumer ON consumer.name = dead_letter.consumer AND consumer.kind = 'QUEUE'
      WHERE redrive_requested_at IS NOT NULL
      ORDER BY dead_letter.position LIMIT 1000`,
  );
  for (const { consumer, eventId, position, redrives, envelope } of rows) {
    await jobs.addAgain(consumer, { position, envelope }, `${eventId}-r${redrives}`);
  }
}
