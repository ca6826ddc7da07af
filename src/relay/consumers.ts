import type { Pool } from 'pg';

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
export async function readQueueConsumers(pool: Pool): Promise<readonly QueueConsumer[]> {
  const { rows } = await pool.query<QueueConsumer>(
    `SELECT name, types, topics, start_position AS "startPosition", enqueued_position AS "enqueuedPosition", paused
       FROM consumer WHERE kind = 'QUEUE' ORDER BY enqueued_position DESC, name`,
  );
  return rows;
}

/** One update for a whole batch. Never moves a consumer backwards. */
export async function saveEnqueued(pool: Pool, names: readonly string[], position: number): Promise<void> {
  await pool.query(
    'UPDATE consumer SET enqueued_position = $2 WHERE name = ANY($1) AND enqueued_position < $2',
    [names, position],
  );
}
