/** Watching a consumer that drains. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { createHorizon } from '../outbox/horizon.ts';
import { notFound } from '../platform/errors.ts';
import { type ConsumerStatus, readConsumerStatuses } from './consumer-status.ts';
import type { Queues } from './queues.ts';

const pollMs = 250;

/**
 * Gives the consumer's status now, and again whenever it may have changed; ends once everything up to where it drains
 * to is handled or a dead letter, transactions included that were not committed yet. Ends early, with a status that is
 * not draining, when it is resumed. Throws NOT_FOUND when it is gone, UNAVAILABLE, and what the signal is aborted with.
 */
export async function* watchDrain(
  pool: Pool,
  queues: Queues,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<ConsumerStatus, void> {
  const horizon = createHorizon(pool);
  for (;;) {
    // asked before the lag is read: what was not committed by then is not counted in it
    const settled = await horizon.advance();
    const { rows } = await pool.query<{ upTo: number | null }>(
      'SELECT drain_position AS "upTo" FROM consumer WHERE name = $1',
      [name],
    );
    const [status] = await readConsumerStatuses(pool, queues, name);
    if (!rows[0] || !status) throw notFound('consumer', name);
    yield status;
    const { upTo } = rows[0];
    if (upTo === null || !status.draining || (status.lag === 0 && settled >= upTo)) return;
    await delay(pollMs, undefined, { signal });
  }
}
