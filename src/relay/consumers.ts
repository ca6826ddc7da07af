import type { ClientBase, Pool } from 'pg';

/** A queue consumer as the relay sees it: which events it wants, and how far they have been enqueued. */
export interface QueueConsumer {
  readonly name: string;
  readonly types: readonly string[];
  readonly topics: readonly string[];
  readonly startPosition: number;
  readonly enqueuedPosition: number;
  readonly paused: boolean;
  /** What the order of its events is kept by; null when it keeps none */
  readonly orderedBy: string | null;
  /** How many queues its events are spread over to keep their order; 0 when it has one and keeps none */
  readonly lanes: number;
  /** While it drains: the last position that is enqueued for it */
  readonly drainPosition: number | null;
  /** Another one each time the queues were healed: what its lanes held before no longer counts */
  readonly generation: string;
  /** Tells it from what was registered under its name before: another consumer, or the same with other types */
  readonly registeredAt: Date;
}

/** The registered queue consumers, those furthest ahead first. */
export async function readQueueConsumers(db: Pool | ClientBase): Promise<readonly QueueConsumer[]> {
  const { rows } = await db.query<QueueConsumer>(
    `SELECT name, types, topics, start_position AS "startPosition", enqueued_position AS "enqueuedPosition", paused,
            ordered_by AS "orderedBy", lanes, drain_position AS "drainPosition", registered_at AS "registeredAt",
            split_part(coalesce(queue_marker, (SELECT marker FROM sink WHERE name = 'queues'), ''), ':', 1) AS generation
       FROM consumer WHERE kind = 'QUEUE' ORDER BY enqueued_position DESC, name`,
  );
  return rows;
}
