import type { Lanes } from '../log/queue-names.ts';
import type { Queryable } from '../outbox/queryable.ts';
import { notFound } from '../platform/errors.ts';
import type { Queues } from './queues.ts';

/**
 * `pause`: stands still after the work in hand. `drain`: handles what is committed by now and takes nothing after; one
 * that was paused goes on up to there, and one that drains already keeps its place. `resume`: ends both.
 */
export type Change = 'pause' | 'drain' | 'resume';

const assignments: Readonly<Record<Change, string>> = {
  pause: 'paused = true',
  // the newest position given out: nothing that was committed before this lies above it
  drain: `paused = false, drain_position = coalesce(drain_position, (SELECT horizon FROM outbox_horizon()))`,
  resume: 'paused = false, drain_position = NULL',
};

/**
 * The row comes first: relay and processors follow it, and it is what a queue that lost its memory is paused by again.
 * Throws NOT_FOUND, and UNAVAILABLE while Redis is away.
 */
export async function changeConsumer(
  db: Queryable,
  queues: Queues,
  name: string,
  change: Change,
): Promise<void> {
  const { rows } = await db.query<Lanes & { kind: 'QUEUE' | 'PROCESSOR'; paused: boolean }>(
    `UPDATE consumer SET ${assignments[change]} WHERE name = $1 RETURNING name, kind, lanes, paused`,
    [name],
  );
  const [consumer] = rows;
  if (!consumer) throw notFound('consumer', name);
  if (consumer.kind === 'QUEUE') await queues.setPaused(consumer, consumer.paused);
}
