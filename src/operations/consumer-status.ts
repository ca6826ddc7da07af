import type { Pool } from 'pg';
import type { Queues } from './queues.ts';

export interface ConsumerStatus {
  readonly consumer: string;
  readonly kind: 'QUEUE' | 'PROCESSOR';
  /** Events not yet handled; counted up to a million beyond the consumer's place in the outbox */
  readonly lag: number;
  readonly active: number;
  readonly delayed: number;
  /** Dead letters */
  readonly dead: number;
  readonly oldestUnhandledSeconds: number;
  readonly paused: boolean;
}

/** The registered consumers by name, or the one that is named. Throws UNAVAILABLE while Redis is away. */
export async function readConsumerStatuses(
  pool: Pool,
  queues: Queues,
  name?: string,
): Promise<readonly ConsumerStatus[]> {
  const progress = await readProgress(pool, name);
  return Promise.all(progress.map((each) => toStatus(pool, queues, each)));
}

async function toStatus(pool: Pool, queues: Queues, progress: Progress): Promise<ConsumerStatus> {
  const { consumer, kind, paused, dead, behind, oldestSeconds } = progress;
  const known = { consumer, kind, paused, dead };
  if (kind === 'PROCESSOR') {
    return { ...known, lag: behind, active: 0, delayed: 0, oldestUnhandledSeconds: oldestSeconds };
  }
  const [{ waiting, active, delayed }, eventIds] = await Promise.all([
    queues.counts(consumer),
    queues.oldestEventIds(consumer),
  ]);
  const oldestJobSeconds = await readOldestSeconds(pool, eventIds);
  return {
    ...known,
    lag: behind + waiting + active + delayed,
    active,
    delayed,
    oldestUnhandledSeconds: Math.max(oldestSeconds, oldestJobSeconds),
  };
}

interface Progress extends Pick<ConsumerStatus, 'consumer' | 'kind' | 'paused' | 'dead'> {
  /** Matching events in the outbox beyond what is enqueued, or beyond the checkpoint of the slot furthest back */
  readonly behind: number;
  /** The age of the oldest of those */
  readonly oldestSeconds: number;
}

/** Reads the outbox from each consumer's place on, by the primary key. */
async function readProgress(pool: Pool, name: string | undefined): Promise<readonly Progress[]> {
  const { rows } = await pool.query<Progress>(
    `SELECT consumer.name AS consumer, consumer.kind, paused,
            (SELECT count(*) FROM dead_letter WHERE dead_letter.consumer = consumer.name) AS dead,
            unhandled.events AS behind, unhandled.seconds AS "oldestSeconds"
       FROM consumer
       JOIN consumer_reach AS reach ON reach.name = consumer.name
      CROSS JOIN LATERAL (
        SELECT count(*) AS events,
               coalesce(greatest(0, extract(epoch FROM now() - min(occurred_at))), 0)::float8 AS seconds
          FROM (SELECT occurred_at
                  FROM outbox
                 WHERE outbox.position > reach.position AND topic = ANY(topics)
                   AND outbox.position > consumer_type_start(consumer, outbox.type)
                 LIMIT 1000000) AS matching) AS unhandled
      WHERE $1::text IS NULL OR consumer.name = $1
      ORDER BY consumer.name`,
    [name],
  );
  return rows;
}

/** The age of the oldest of these events; 0 for none. Uses the index on the id. */
async function readOldestSeconds(pool: Pool, eventIds: readonly string[]): Promise<number> {
  if (eventIds.length === 0) return 0;
  const { rows } = await pool.query<{ seconds: number }>(
    `SELECT coalesce(greatest(0, extract(epoch FROM now() - min(occurred_at))), 0)::float8 AS seconds
       FROM outbox WHERE id = ANY($1::uuid[])`,
    [eventIds],
  );
  return rows[0]!.seconds;
}
