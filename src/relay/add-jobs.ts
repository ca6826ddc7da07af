/** Adds jobs to a consumer's queue. An event that Redis does not take becomes a dead letter: it holds up nobody. */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { Envelope } from '../events/envelope.ts';
import { orderingKey } from '../events/ordering.ts';
import { envelopeJson } from '../outbox/envelope-sql.ts';
import type { OutboxRow } from '../outbox/read-outbox.ts';
import type { Logger } from '../platform/logger.ts';
import type { JobData, Jobs, JobsConsumer } from './jobs.ts';
import type { RelayMetrics } from './metrics.ts';
import { isLarge, isSizeRefusal, isTaken } from './size-limit.ts';

export interface AddJobsOptions {
  readonly pool: Pool;
  readonly redis: Redis;
  readonly jobs: Jobs;
  readonly logger: Logger;
  readonly metrics: RelayMetrics;
}

export const tooLargeForQueue = 'TOO_LARGE: Redis does not take a job of its size (proto-max-bulk-len)';

/**
 * Adds every event for the consumer up to `upTo`, or up to the last of the rows. Gives how many were added. Adding one again
 * changes nothing. Throws LanesLostError when the consumer's lanes must be restored first.
 */
export async function addJobs(
  options: AddJobsOptions,
  consumer: JobsConsumer,
  rows: readonly OutboxRow[],
  upTo = rows.at(-1)?.position,
): Promise<number> {
  const refused = new Set<OutboxRow>();
  for (const row of rows.filter(mayBeRefused)) if (!(await isJobTaken(options.redis, row))) refused.add(row);
  for (const row of refused) await deadLetter(options, consumer, row);
  const taken = refused.size === 0 ? rows : rows.filter((row) => !refused.has(row));
  return addOrDeadLetter(options, consumer, taken, upTo);
}

/** Whether Redis takes the event's job. */
export async function isJobTaken(redis: Redis, { position, envelope }: JobData): Promise<boolean> {
  return !mayBeRefused({ envelope }) || isTaken(redis, JSON.stringify({ position, envelope }));
}

// in a job, quotes and backslashes are escaped once more
const mayBeRefused = ({ envelope }: Pick<JobData, 'envelope'>) => isLarge(2 * envelope.length + 100);

/** Halves what Redis refuses for its size, until the row that it refuses is alone. */
async function addOrDeadLetter(
  options: AddJobsOptions,
  consumer: JobsConsumer,
  rows: readonly OutboxRow[],
  upTo: number | undefined,
): Promise<number> {
  try {
    return await options.jobs.add(consumer, rows, upTo);
  } catch (error) {
    if (!isSizeRefusal(error)) throw error;
  }
  if (rows.length === 1) {
    await deadLetter(options, consumer, rows[0]!);
    return 0;
  }
  const half = Math.ceil(rows.length / 2);
  const middle = rows[half - 1]!.position;
  const added = await addOrDeadLetter(options, consumer, rows.slice(0, half), middle);
  return added + (await addOrDeadLetter(options, consumer, rows.slice(half), upTo));
}

/** A dead letter like any other: it can be seen, redriven when Redis takes more, and discarded. */
async function deadLetter(
  { pool, logger, metrics }: AddJobsOptions,
  { name: consumer, orderedBy }: JobsConsumer,
  { position, id, type, envelope }: OutboxRow,
): Promise<void> {
  const stored = JSON.parse(envelope) as Envelope;
  await pool.query(
    `INSERT INTO dead_letter (id, consumer, event_id, position, correlation_id, event, error, attempts, ordering_key)
     SELECT gen_random_uuid(), $1, id, position, correlation_id, (${envelopeJson})::jsonb, $3, 0, $4
       FROM outbox
      WHERE position = $2 AND NOT EXISTS (SELECT FROM inbox WHERE consumer = $1 AND event_id = outbox.id)
         ON CONFLICT (consumer, event_id) DO NOTHING`,
    [consumer, position, tooLargeForQueue, orderedBy && orderingKey(stored, orderedBy)],
  );
  metrics.deadLettered.inc({ consumer });
  const { correlationId } = stored;
  const log = { consumer, position, eventId: id, type, correlationId, length: envelope.length };
  logger.error({ ...log, error: tooLargeForQueue }, 'relay.dead_letter');
}
