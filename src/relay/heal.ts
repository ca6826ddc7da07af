import type { Pool } from 'pg';
import { envelopeJson } from '../outbox/envelope-sql.ts';
import type { OutboxRow } from '../outbox/read-outbox.ts';
import { type AddJobsOptions, addJobs } from './add-jobs.ts';
import { type QueueConsumer, readQueueConsumers } from './consumers.ts';
import type { Refusals } from './refusals.ts';

export interface HealOptions extends AddJobsOptions {
  readonly batchSize: number;
  readonly refusals: Refusals;
}

/**
 * After Redis lost jobs: adds again every (consumer, event) that was enqueued and has neither an inbox row nor a dead
 * letter. Gives how many. A job that did survive is left as it is, and one that runs twice meets the inbox. A consumer
 * whose queue is refused goes back to its first event that is missing, and is caught up from there: what it has handled
 * since meets the inbox too. Lanes are not for adding what is missing between: they are restored. `only` names the one
 * whose queues they were, when not all were lost.
 */
export async function enqueueMissing(options: HealOptions, only?: string): Promise<number> {
  let added = 0;
  for (const consumer of await readQueueConsumers(options.pool)) {
    if (consumer.lanes > 0 || (only !== undefined && consumer.name !== only)) continue;
    added += await enqueueMissingOf(consumer, options);
  }
  return added;
}

async function enqueueMissingOf(consumer: QueueConsumer, options: HealOptions): Promise<number> {
  const { pool, batchSize, jobs, refusals } = options;
  const { name, paused, startPosition } = consumer;
  let added = 0;
  let after = startPosition;
  for (;;) {
    const rows = await readUnhandled(pool, consumer, after, batchSize);
    const count = await refusals.attempt(name, async () => {
      if (paused && after === startPosition) await jobs.setPaused(consumer, true);
      return addJobs(options, consumer, rows);
    });
    if (count === undefined) {
      if (rows[0]) await goBack(pool, name, rows[0].position - 1);
      return added;
    }
    added += count;
    if (rows.length < batchSize) return added;
    after = rows.at(-1)!.position;
  }
}

async function goBack(pool: Pool, name: string, position: number): Promise<void> {
  await pool.query('UPDATE consumer SET enqueued_position = least(enqueued_position, $2) WHERE name = $1', [
    name,
    position,
  ]);
}

/** Uses the outbox's primary key, and those of inbox and dead_letter. */
async function readUnhandled(
  pool: Pool,
  { name, topics, enqueuedPosition }: QueueConsumer,
  after: number,
  limit: number,
): Promise<readonly OutboxRow[]> {
  const { rows } = await pool.query<OutboxRow>(
    `SELECT position, id, topic, type, ${envelopeJson} AS envelope
       FROM outbox JOIN consumer ON consumer.name = $4
      WHERE position > $1 AND position <= $2 AND topic = ANY($3) AND position > consumer_type_start(consumer, type)
        AND NOT EXISTS (SELECT FROM inbox WHERE consumer = $4 AND event_id = outbox.id)
        AND NOT EXISTS (SELECT FROM dead_letter WHERE consumer = $4 AND event_id = outbox.id)
      ORDER BY outbox.position
      LIMIT $5`,
    [after, enqueuedPosition, topics, name, limit],
  );
  return rows;
}
