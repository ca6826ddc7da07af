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
            (SELECT split_part(coalesce(marker, ''), ':', 1) FROM sink WHERE name = 'queues') AS generation
       FROM consumer WHERE kind = 'QUEUE' ORDER BY enqueued_position DESC, name`,
  );
  return rows;
}

/**
 * One statement for a whole batch: its consumers' position, and the marker that counts it. A consumer moves only from
 * where the batch began: one that was moved, or registered anew, meanwhile may still lack what was added, and stays where
 * it is. Throws, and moves nobody, when another relay has healed the queues since the marker was read.
 */
export async function saveEnqueued(
  client: ClientBase,
  consumers: readonly QueueConsumer[],
  range: { readonly from: number; readonly to: number },
  marker: string,
): Promise<void> {
  const { rows } = await client.query<{ counted: boolean }>(
    `WITH counted AS (
       UPDATE sink SET marker = $5, updated_at = now()
        WHERE name = 'queues' AND split_part(marker, ':', 1) = split_part($5, ':', 1) RETURNING name),
     moved AS (
       UPDATE consumer SET enqueued_position = $4
         FROM counted, unnest($1::text[], $2::timestamptz[]) AS added (name, registered_at)
        WHERE consumer.name = added.name AND consumer.registered_at = added.registered_at AND enqueued_position = $3)
     SELECT EXISTS (SELECT FROM counted) AS counted`,
    [
      consumers.map(({ name }) => name),
      consumers.map(({ registeredAt }) => registeredAt),
      range.from,
      range.to,
      marker,
    ],
  );
  if (!rows[0]!.counted) throw new Error('the queues were healed by another relay meanwhile');
}
