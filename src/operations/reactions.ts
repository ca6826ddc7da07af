/** What each consumer did with events. */
import type { Pool } from 'pg';
import type { LogEvent } from '../events/envelope.ts';
import { summaryOf } from '../platform/failures/text.ts';
import { keyOf } from '../platform/key.ts';
import type { OrderedLanes, Queues } from './queues.ts';
import { type Outcome, readOutcomes } from './reaction-outcomes.ts';

export interface Reaction {
  readonly consumer: string;
  /** FAILED: an attempt failed, and another will be made */
  readonly status: 'PENDING' | 'DONE' | 'FAILED' | 'DEAD';
  /** That have ended, those before a redrive included */
  readonly attempts: number;
  /** Since when a worker has had it, while one has */
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** What the last attempt failed with, or what a dead letter waits for: a line that clients may see */
  readonly error: string | null;
}

interface Consumer extends OrderedLanes {
  readonly kind: 'QUEUE' | 'PROCESSOR';
  /** PROCESSOR: where its slot furthest back is */
  readonly reached: number;
  /** The positions of the events that it wants, of those that were asked about */
  readonly wanted: readonly number[];
}

/** For each event, the reactions of every registered consumer that wants it, by name. */
export async function readReactions(
  pool: Pool,
  queues: Queues,
  events: readonly LogEvent[],
): Promise<readonly (readonly Reaction[])[]> {
  const consumers = await readConsumers(pool, events);
  const read = await readOutcomes(
    pool,
    consumers.map(({ name }) => name),
    events.map(({ id }) => id),
  );
  const outcomes = new Map(read.map((outcome) => [pairOf(outcome.consumer, outcome.eventId), outcome]));
  return Promise.all(
    events.map((event) =>
      Promise.all(
        consumers
          .filter(({ wanted }) => wanted.includes(event.position))
          .map((consumer) => tell(queues, consumer, event, outcomes.get(pairOf(consumer.name, event.id)))),
      ),
    ),
  );
}

const pairOf = (consumer: string, eventId: string) => keyOf(eventId, consumer);

async function readConsumers(pool: Pool, events: readonly LogEvent[]): Promise<readonly Consumer[]> {
  const { rows } = await pool.query<Consumer>(
    `SELECT consumer.name, consumer.kind, lanes, ordered_by AS "orderedBy", reach.position AS reached,
            array_agg(event.position::float8) AS wanted
       FROM consumer
       JOIN consumer_reach AS reach ON reach.name = consumer.name
       JOIN unnest($1::text[], $2::bigint[]) AS event (type, position)
         ON event.position > consumer_type_start(consumer, event.type)
      GROUP BY consumer.name, reach.position
      ORDER BY consumer.name`,
    [events.map(({ type }) => type), events.map(({ position }) => position)],
  );
  return rows;
}

async function tell(
  queues: Queues,
  consumer: Consumer,
  event: LogEvent,
  outcome: Outcome | undefined,
): Promise<Reaction> {
  if (outcome && outcome.status !== 'REDRIVEN') {
    const { status, attempts, finishedAt } = outcome;
    const error = shown(outcome.error);
    return { consumer: consumer.name, status, attempts, startedAt: null, finishedAt, error };
  }
  const pending: Reaction = {
    consumer: consumer.name,
    status: 'PENDING',
    attempts: outcome?.attempts ?? 0,
    startedAt: null,
    finishedAt: null,
    error: shown(outcome?.error),
  };
  if (consumer.kind === 'PROCESSOR') {
    const isDone = !outcome && consumer.reached >= event.position;
    return isDone ? { ...pending, status: 'DONE', attempts: 1 } : pending;
  }
  // while Redis is away it is not known whether an attempt has failed
  const job = await queues.job(consumer, event, outcome?.redrives).catch(() => undefined);
  if (!job) return pending;
  const started = { ...pending, startedAt: job.startedAt ?? null };
  if (job.attempts === 0) return started;
  return {
    ...started,
    status: 'FAILED',
    attempts: pending.attempts + job.attempts,
    error: shown(job.error),
  };
}

const shown = (stored: string | null | undefined) => (stored ? summaryOf(stored) : null);
