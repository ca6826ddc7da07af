/** What each consumer did with events. */
import type { Pool } from 'pg';
import type { LogEvent } from '../events/envelope.ts';
import type { Queues } from './queues.ts';

export interface Reaction {
  readonly consumer: string;
  /** FAILED: an attempt failed, and another will be made */
  readonly status: 'PENDING' | 'DONE' | 'FAILED' | 'DEAD';
  readonly attempts: number;
  readonly finishedAt: Date | null;
  readonly error: string | null;
}

interface Consumer {
  readonly name: string;
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
  const outcomes = await readOutcomes(pool, consumers, events);
  return Promise.all(
    events.map((event) =>
      Promise.all(
        consumers
          .filter(({ wanted }) => wanted.includes(event.position))
          .map(
            (consumer) => outcomes.get(pairOf(consumer.name, event.id)) ?? unsettled(queues, consumer, event),
          ),
      ),
    ),
  );
}

const pairOf = (consumer: string, eventId: string) => `${eventId} ${consumer}`;

async function readConsumers(pool: Pool, events: readonly LogEvent[]): Promise<readonly Consumer[]> {
  const { rows } = await pool.query<Consumer>(
    `SELECT consumer.name, consumer.kind, reach.position AS reached, array_agg(event.position::float8) AS wanted
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

interface Outcome extends Reaction {
  readonly eventId: string;
}

/** What inbox and dead letters say. Uses the indexes on (consumer, event_id). */
async function readOutcomes(
  pool: Pool,
  consumers: readonly Consumer[],
  events: readonly LogEvent[],
): Promise<ReadonlyMap<string, Reaction>> {
  const { rows } = await pool.query<Outcome>(
    `SELECT consumer, event_id AS "eventId", 'DONE' AS status, attempts, handled_at AS "finishedAt",
            CASE WHEN NOT handled THEN 'Discarded from the dead letters.' END AS error
       FROM inbox WHERE consumer = ANY($1) AND event_id = ANY($2::uuid[])
      UNION ALL
     SELECT consumer, event_id, CASE WHEN redrive_requested_at IS NULL THEN 'DEAD' ELSE 'PENDING' END, attempts,
            CASE WHEN redrive_requested_at IS NULL THEN failed_at END, error
       FROM dead_letter WHERE consumer = ANY($1) AND event_id = ANY($2::uuid[])`,
    [consumers.map((consumer) => consumer.name), events.map((event) => event.id)],
  );
  return new Map(rows.map(({ eventId, ...reaction }) => [pairOf(reaction.consumer, eventId), reaction]));
}

/** A reaction that neither inbox nor dead letters know of. */
async function unsettled(queues: Queues, consumer: Consumer, event: LogEvent): Promise<Reaction> {
  const reaction = { consumer: consumer.name, finishedAt: null };
  if (consumer.kind === 'PROCESSOR') {
    return consumer.reached >= event.position
      ? { ...reaction, status: 'DONE', attempts: 1, error: null }
      : { ...reaction, status: 'PENDING', attempts: 0, error: null };
  }
  // while Redis is away it is not known whether an attempt has failed
  const job = await queues.job(consumer.name, event.id).catch(() => undefined);
  if (!job || job.attempts === 0) return { ...reaction, status: 'PENDING', attempts: 0, error: null };
  return { ...reaction, status: 'FAILED', attempts: job.attempts, error: job.error ?? null };
}
