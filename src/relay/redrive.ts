import type { QueueShards } from '../log/queue-shards.ts';
import { type AddJobsOptions, isJobTaken, tooLargeForQueue } from './add-jobs.ts';
import { readQueueConsumers } from './consumers.ts';
import type { Refusals } from './refusals.ts';
import { orRestore } from './restore-lanes.ts';
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
 * id counts redrives, so that adding one again, also after Redis lost it, is harmless. In the order of positions: what
 * waited for the same dead letter comes as it would have come. One that Redis does not take stays a dead letter; one
 * whose queue is refused, or whose lanes are restored, is tried again.
 */
export async function enqueueRedriven(
  options: Pick<AddJobsOptions, 'pool' | 'jobs' | 'logger'> & {
    readonly shards: QueueShards;
    readonly refusals: Refusals;
  },
): Promise<void> {
  const { pool, shards, jobs, refusals } = options;
  const { rows } = await pool.query<Redriven>(
    // some of each: one that stands still must not keep out the others
    `SELECT consumer.name AS consumer, letter.*
       FROM consumer
      CROSS JOIN LATERAL (
        SELECT event_id AS "eventId", position, redrives, event::text AS envelope
          FROM dead_letter
         WHERE dead_letter.consumer = consumer.name AND redrive_requested_at IS NOT NULL
         ORDER BY dead_letter.position LIMIT 500) AS letter
      WHERE consumer.kind = 'QUEUE' AND consumer.name <> ALL($1)
      ORDER BY letter.position`,
    [refusals.resting],
  );
  if (rows.length === 0) return;
  const consumers = new Map((await readQueueConsumers(pool)).map((consumer) => [consumer.name, consumer]));
  for (const { consumer: name, eventId, position, redrives, envelope } of rows) {
    const consumer = consumers.get(name);
    if (!consumer || refusals.resting.includes(name)) continue;
    const data = { position, envelope };
    const jobId = `${eventId}-r${redrives}`;
    const add = () => jobs.addAgain(consumer, data, jobId).then(() => true, refusalAsFalse);
    const isTaken = await refusals.attempt(
      name,
      async () =>
        (await isJobTaken(shards.of(name).redis, data)) && (await orRestore(options, consumer, add)),
    );
    if (isTaken === undefined) consumers.delete(name); // it has moved, or is refused: what comes after it waits too
    if (isTaken !== false) continue;
    await pool.query(
      `UPDATE dead_letter SET redrive_requested_at = NULL, waits = false, failed_at = now(), error = $3
        WHERE consumer = $1 AND event_id = $2`,
      [name, eventId, tooLargeForQueue],
    );
  }
}

function refusalAsFalse(error: unknown): false {
  if (!isSizeRefusal(error)) throw error;
  return false;
}
