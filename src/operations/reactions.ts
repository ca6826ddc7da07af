/** What each consumer did with events. */
import type { Pool } from 'pg';
import type { LogEvent } from '../events/envelope.ts';
import { matchesType } from '../events/patterns.ts';
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
  readonly types: readonly string[];
  readonly startPosition: number;
  /** PROCESSOR: where its slot furthest back is */
  readonly checkpoint: number | null;
}

/** For each event, the reactions of every registered consumer that wants it, by name. */
export async function readReactions(
  pool: Pool,
  queues: Queues,
  events: readonly LogEvent[],
): Promise<readonly (readonly Reaction[])[]> {
  const consumers = await readConsumers(pool);
  const outcomes = await readOutcomes(pool, consumers, events);
  return Promise.all(
    events.map((event) =>
      Promise.all(
        consumers
          .filter((consumer) => wants(consumer, event))
          .map(
            (consumer) => outcomes.get(pairOf(consumer.name, event.id)) ?? unsettled(queues, consumer, event),
          ),
      ),
    ),
  );
}

const wants = ({ types, startPosition }: Consumer, event: LogEvent) =>
  startPosition < event.position && matchesType(types, event.type);

const pairOf = (consumer: string, eventId: string) => `${eventId} ${consumer}`;

async function readConsumers(pool: Pool): Promise<readonly Consumer[]> {
  const { rows } = await pool.query<Consumer>(
    `SELECT name, kind, types, start_position AS "startPosition",
            (SELECT min(position) FROM processor_checkpoint WHERE processor = name) AS checkpoint
       FROM consumer ORDER BY name`,
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
    return consumer.checkpoint !== null && consumer.checkpoint >= event.position
      ? { ...reaction, status: 'DONE', attempts: 1, error: null }
      : { ...reaction, status: 'PENDING', attempts: 0, error: null };
  }
  // while Redis is away it is not known whether an attempt has failed
  const job = await queues.job(consumer.name, event.id).catch(() => undefined);
  if (!job || job.attempts === 0) return { ...reaction, status: 'PENDING', attempts: 0, error: null };
  return { ...reaction, status: 'FAILED', attempts: job.attempts, error: job.error ?? null };
}
