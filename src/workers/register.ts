import type { Pool } from 'pg';
import type { Logger } from '../platform/logger.ts';
import type { Reaction } from './reaction.ts';

/**
 * Makes the consumer known, so that the relay enqueues for it and retention waits for it. A new one starts where it
 * declares; one that is known keeps its place and takes over its current event types.
 */
export async function registerConsumer(pool: Pool, reaction: Reaction, logger: Logger): Promise<void> {
  const types = reaction.events.map((definition) => definition.type);
  const topics = [...new Set(reaction.events.map((definition) => definition.topic))];
  const start = await startPosition(pool, reaction);
  const kind = reaction.kind === 'queue' ? 'QUEUE' : 'PROCESSOR';
  const { rowCount } = await pool.query(
    `INSERT INTO consumer (name, kind, types, topics, start_position, enqueued_position)
     VALUES ($1, $2::consumer_kind, $3, $4, $5, $5) ON CONFLICT (name) DO NOTHING`,
    [reaction.name, kind, types, topics, start],
  );
  if (rowCount === 1) logger.info({ consumer: reaction.name, start }, 'consumer.registered');
  else await updateConsumer(pool, reaction.name, kind, types, topics);
  if (reaction.kind === 'processor') {
    await pool.query(
      `INSERT INTO processor_checkpoint (processor, slot, position)
       SELECT $1, slot, start_position FROM consumer, generate_series(0, $2 - 1) AS slot WHERE name = $1
       ON CONFLICT DO NOTHING`,
      [reaction.name, reaction.slots ?? 1],
    );
  }
}

async function updateConsumer(pool: Pool, name: string, kind: string, types: string[], topics: string[]) {
  const { rows } = await pool.query<{ kind: string }>('SELECT kind FROM consumer WHERE name = $1', [name]);
  if (rows[0]!.kind !== kind) {
    throw new Error(
      `consumer "${name}" is registered as ${rows[0]!.kind}: give the new ${kind} another name`,
    );
  }
  await pool.query('UPDATE consumer SET types = $2, topics = $3 WHERE name = $1', [name, types, topics]);
}

/** `latest` is the newest position given out: what commits late below it was begun before the consumer came. */
async function startPosition(pool: Pool, reaction: Reaction): Promise<number> {
  const from = reaction.startFrom ?? 'earliest';
  if (from === 'earliest') return 0;
  if (from !== 'latest') return from;
  const { rows } = await pool.query<{ horizon: number }>('SELECT horizon FROM outbox_horizon()');
  return rows[0]!.horizon;
}
