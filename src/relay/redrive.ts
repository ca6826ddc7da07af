import { type AddJobsOptions, isJobTaken, tooLargeForQueue } from './add-jobs.ts';
import type { Refusals } from './refusals.ts';
import { isSizeRefusal } from './size-limit.ts';

interface Redriven {
  readonly consumer: string;
  readonly eventId: string;
  readonly position: number;
  readonly redrives: number;
  readonly envelope: string;
}

/**
 * Adds a job for every dead letter that is to be redriven. The request stands until the handler has ended, and the job
 * id counts redrives, so that adding one again, also after Redis lost it, is harmless. One that Redis does not take
 * stays a dead letter; one whose queue is refused is tried again.
 */
export async function enqueueRedriven({
  pool,
  redis,
  jobs,
  refusals,
}: Pick<AddJobsOptions, 'pool' | 'redis' | 'jobs'> & { readonly refusals: Refusals }): Promise<void> {
  const { rows } = await pool.query<Redriven>(
    `SELECT consumer, event_id AS "eventId", position, redrives, event::text AS envelope
       FROM dead_letter JOIN consumer ON consumer.name = dead_letter.consumer AND consumer.kind = 'QUEUE'
      WHERE redrive_requested_at IS NOT NULL AND consumer.name <> ALL($1)
      ORDER BY dead_letter.position LIMIT 1000`,
    [refusals.resting],
  );
  for (const { consumer, eventId, position, redrives, envelope } of rows) {
    const data = { position, envelope };
    const jobId = `${eventId}-r${redrives}`;
    if (refusals.resting.includes(consumer)) continue;
    const isTaken = await refusals.attempt(
      consumer,
      async () =>
        (await isJobTaken(redis, data)) &&
        (await jobs.addAgain(consumer, data, jobId).then(() => true, refusalAsFalse)),
    );
    if (isTaken !== false) continue; // undefined: its queue is refused
    await pool.query(
      `UPDATE dead_letter SET redrive_requested_at = NULL, failed_at = now(), error = $3
        WHERE consumer = $1 AND event_id = $2`,
      [consumer, eventId, tooLargeForQueue],
    );
  }
}

function refusalAsFalse(error: unknown): false {
  if (!isSizeRefusal(error)) throw error;
  return false;
}
