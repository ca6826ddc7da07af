import type { Pool } from 'pg';

/**
 * Moves a consumer back to before its first event that was not handled. One statement, so that it judges by the position that
 * it replaces. Gives the position then; undefined when the consumer was deregistered.
 */
export async function goBackToUnhandled(pool: Pool, name: string): Promise<number | undefined> {
  const { rows } = await pool.query<{ position: number }>(
    `UPDATE consumer
        SET enqueued_position = coalesce(
              (SELECT outbox.position - 1
                 FROM outbox
                WHERE outbox.position > start_position AND outbox.position <= enqueued_position
                  AND topic = ANY(topics) AND outbox.position > consumer_type_start(consumer, type)
                  AND NOT EXISTS (SELECT FROM inbox WHERE inbox.consumer = name AND event_id = outbox.id)
                  AND NOT EXISTS (SELECT FROM dead_letter WHERE dead_letter.consumer = name AND event_id = outbox.id)
                ORDER BY outbox.position LIMIT 1),
              enqueued_position)
      WHERE name = $1
  RETURNING enqueued_position AS position`,
    [name],
  );
  return rows[0]?.position;
}
