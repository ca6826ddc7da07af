import type { Pool } from 'pg';
import { notFound } from '../platform/errors.ts';
import type { Queues } from './queues.ts';

/**
 * Makes a consumer stand still after the work in hand, or go on. The row comes first: processors follow it, and it is
 * what a queue that lost its memory is paused by again. Throws NOT_FOUND, and UNAVAILABLE while Redis is away.
 */
export async function pauseConsumer(
  pool: Pool,
  queues: Queues,
  name: string,
  paused: boolean,
): Promise<void> {
  const { rows } = await pool.query<{ kind: 'QUEUE' | 'PROCESSOR' }>(
    'UPDATE consumer SET paused = $2 WHERE name = $1 RETURNING kind',
    [name, paused],
  );
  if (!rows[0]) throw notFound('consumer', name);
  if (rows[0].kind === 'QUEUE') await queues.setPaused(name, paused);
}
