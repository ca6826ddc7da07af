import type { ClientBase, Pool } from 'pg';

/** A queue consumer as the relay sees it: which events it wants, and how far they have been enqueued. */
export interface QueueConsumer {
  readonly name: string;
  readonly types: readonly string[];
  readonly topics: readonly string[];
  readonly startPosition: number;
  readonly enqueuedPosition: number;
  readonly paused: boolean;
}

/** The registered queue consumers, those furthest ahead first. */
export async function readQueueConsumers(db: Pool | ClientBase): Promise<readonly QueueConsumer[]> {
  const { rows } = await db.query<QueueConsumer>(
    `SELECT name, types, topics, start_position AS "startPosition", enqueued_position AS "enqueuedPosition", paused
       FROM consumer WHERE kind = 'QUEUE' ORDER BY enqueued_position DESC, name`,
  );
  return rows;
}

/** One statement for a whole batch: its consumers' position, and the marker that counts it. Moves nobody backwards. */
export async function saveEnqueued(
  client: ClientBase,
  names: readonly string[],
  position: number,
  marker: string,
): Promise<void> {
  await client.query(
    `WITH counted AS (UPDATE sink SET marker = $3, updated_at = now() WHERE name = 'queues')
     UPDATE consumer SET enqueued_position = $2 WHERE name = ANY($1) AND enqueued_position < $2`,
    [names, position, marker],
  );
}
