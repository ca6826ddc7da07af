import type { Queryable } from '../outbox/queryable.ts';
import type { Queues } from './queues.ts';

export interface ConsumerStatus {
  readonly consumer: string;
  readonly kind: 'QUEUE' | 'PROCESSOR';
  /**
   * Events not yet handled, of those that are meant to be: while it drains, none beyond. Counted up to a million beyond
   * the consumer's place in the outbox
   */
  readonly lag: number;
  readonly active: number;
  readonly delayed: number;
  /** Dead letters */
  readonly dead: number;
  /** Of those, the ones that did not fail: they wait for one before them */
  readonly waiting: number;
  readonly oldestUnhandledSeconds: number;
  readonly paused: boolean;
  readonly draining: boolean;
  /** What the order of its events is kept by; null for a queue without */
  readonly orderedBy: string | null;
  /** How many queues its events are spread over to keep their order; 0 when it keeps none */
  readonly lanes: number;
}

/** The registered consumers by name, or the one that is named. Throws UNAVAILABLE while Redis is away. */
export async function readConsumerStatuses(
  db: Queryable,
  queues: Queues,
  name?: string,
): Promise<readonly ConsumerStatus[]> {
  const progress = await readProgress(db, name);
  return Promise.all(progress.map((each) => toStatus(db, queues, each)));
}

async function toStatus(db: Queryable, queues: Queues, progress: Progress): Promise<ConsumerStatus> {
  const { behind, oldestSeconds, ...known } = progress;
  if (known.kind === 'PROCESSOR') {
    return { ...known, lag: behind, active: 0, delayed: 0, oldestUnhandledSeconds: oldestSeconds };
  }
  const [{ waiting, active, delayed }, eventIds] = await Promise.all([
    queues.counts({ name: known.consumer, lanes: known.lanes }),
    queues.oldestEventIds({ name: known.consumer, lanes: known.lanes }),
  ]);
  const oldestJobSeconds = await readOldestSeconds(db, eventIds);
  return {
    ...known,
    lag: behind + waiting + active + delayed,
    active,
    delayed,
    oldestUnhandledSeconds: Math.max(oldestSeconds, oldestJobSeconds),
  };
}

interface Progress extends Omit<ConsumerStatus, 'lag' | 'active' | 'delayed' | 'oldestUnhandledSeconds'> {
  /** Matching events in the outbox that are not enqueued, or beyond the checkpoint of the slot furthest back */
  readonly behind: number;
  /** The age of the oldest of those */
  readonly oldestSeconds: number;
}

/** Reads the outbox from each consumer's place on, by the primary key. */
async function readProgress(db: Queryable, name: string | undefined): Promise<readonly Progress[]> {
  const { rows } = await db.query<Progress>(
    `SELECT consumer.name AS consumer, consumer.kind, paused, drain_position IS NOT NULL AS draining,
            ordered_by AS "orderedBy", lanes, letters.dead, letters.waiting,
            unhandled.events AS behind, unhandled.seconds AS "oldestSeconds"
       FROM consumer
       JOIN consumer_reach AS reach ON reach.name = consumer.name
      CROSS JOIN LATERAL (
        SELECT count(*) AS dead, count(*) FILTER (WHERE waits) AS waiting
          FROM dead_letter WHERE dead_letter.consumer = consumer.name) AS letters
      CROSS JOIN LATERAL (
        SELECT count(*) AS events,
               coalesce(greatest(0, extract(epoch FROM now() - min(occurred_at))), 0)::float8 AS seconds
          FROM (SELECT occurred_at
                  FROM outbox
                 WHERE outbox.position > reach.position AND topic = ANY(topics)
                   AND outbox.position > consumer_type_start(consumer, outbox.type)
                   AND (drain_position IS NULL OR outbox.position <= drain_position)
                 LIMIT 1000000) AS matching) AS unhandled
      WHERE $1::text IS NULL OR consumer.name = $1
      ORDER BY consumer.name`,
    [name],
  );
  return rows;
}

/** The age of the oldest of these events; 0 for none. Uses the index on the id. */
async function readOldestSeconds(db: Queryable, eventIds: readonly string[]): Promise<number> {
  if (eventIds.length === 0) return 0;
  const { rows } = await db.query<{ seconds: number }>(
    `SELECT coalesce(greatest(0, extract(epoch FROM now() - min(occurred_at))), 0)::float8 AS seconds
       FROM outbox WHERE id = ANY($1::uuid[])`,
    [eventIds],
  );
  return rows[0]!.seconds;
}
