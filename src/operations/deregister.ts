/** What a consumer holds back, and how one is let go. */
import type { Pool } from 'pg';
import { notFound } from '../platform/errors.ts';
import type { Queues } from './queues.ts';

/** What keeps retention from dropping more, as far as this consumer is concerned. */
export interface Pin {
  /** Everything up to here is handled, or enqueued */
  readonly position: number;
  /** Events of the outbox that are kept beyond it, of all types */
  readonly pinned: number;
}

/** By consumer. */
export async function readPins(pool: Pool): Promise<ReadonlyMap<string, Pin>> {
  const { rows } = await pool.query<Pin & { name: string }>(
    `SELECT name, position, greatest(0, outbox_last_position() - position) AS pinned
       FROM consumer_reach`,
  );
  return new Map(rows.map(({ name, ...pin }) => [name, pin]));
}

/**
 * Forgets the consumer: its place in the log, and its jobs. What it has handled stays noted in the inbox, so that under
 * the same name nothing is ever handled twice; its dead letters stay until they are discarded. Throws NOT_FOUND, and
 * UNAVAILABLE while Redis is away: then it is forgotten and its jobs are left, and deregistering again removes them.
 */
export async function deregisterConsumer(
  pool: Pool,
  queues: Queues,
  name: string,
): Promise<{ deadLetters: number }> {
  const { rows } = await pool.query<{ kind: 'QUEUE' | 'PROCESSOR' }>(
    `WITH slots AS (DELETE FROM processor_checkpoint WHERE processor = $1)
     DELETE FROM consumer WHERE name = $1 RETURNING kind`,
    [name],
  );
  const hadJobs = rows[0]?.kind !== 'PROCESSOR' && (await queues.remove(name));
  if (!rows[0] && !hadJobs) throw notFound('consumer', name);
  const letters = await pool.query<{ count: number }>(
    'SELECT count(*) AS count FROM dead_letter WHERE consumer = $1',
    [name],
  );
  return { deadLetters: letters.rows[0]!.count };
}
