import type { Pool } from 'pg';
import { envelopeJson } from '../outbox/envelope-sql.ts';
import type { OutboxRow } from '../outbox/read-outbox.ts';
import { type QueueConsumer, readQueueConsumers } from './consumers.ts';
import { type Jobs, rowsFor } from './jobs.ts';

/**
 * After Redis lost jobs: adds again every (consumer, event) that was enqueued and has neither an inbox row nor a dead
 * letter. Gives how many. A job that did survive is left as it is, and one that runs twice meets the inbox.
 */
export async function enqueueMissing(options: {
  pool: Pool;
  jobs: Jobs;
  batchSize: number;
}): Promise<number> {
  let added = 0;
  for (const consumer of await readQueueConsumers(options.pool)) {
    if (consumer.paused) await options.jobs.setPaused(consumer.name, true);
    added += await enqueueMissingOf(consumer, options);
  }
  return added;
}

async function enqueueMissingOf(
  consumer: QueueConsumer,
  { pool, jobs, batchSize }: { pool: Pool; jobs: Jobs; batchSize: number },
): Promise<number> {
  let added = 0;
  let after = consumer.startPosition;
  for (;;) {
    const rows = await readUnhandled(pool, consumer, after, batchSize);
    added += await jobs.add(consumer.name, rowsFor(consumer, rows));
    if (rows.length < batchSize) return added;
    after = rows.at(-1)!.position;
  }
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
       FROM outbox
      WHERE position > $1 AND position <= $2 AND topic = ANY($3)
        AND NOT EXISTS (SELECT FROM inbox WHERE consumer = $4 AND event_id = outbox.id)
        AND NOT EXISTS (SELECT FROM dead_letter WHERE consumer = $4 AND event_id = outbox.id)
      ORDER BY outbox.position
      LIMIT $5`,
    [after, enqueuedPosition, topics, name, limit],
  );
  return rows;
}
