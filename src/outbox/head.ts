import { setTimeout as delay } from 'node:timers/promises';
import type { ClientBase, Pool } from 'pg';
import { createHorizon } from './horizon.ts';

/** The newest position that the outbox has given out; transactions at or below it may still be running. */
export async function newestPosition(db: Pool | ClientBase): Promise<number> {
  const { rows } = await db.query<{ horizon: number }>('SELECT horizon FROM outbox_horizon()');
  return rows[0]!.horizon;
}

const retryMs = 2;
const maxMs = 1_000;

/**
 * A position such that every event up to it is visible to what is read next, and at least every event that was
 * committed before the call is at or below it. Gives `fallback`, an older such position, when a transaction that was
 * writing at the time does not end within a second.
 */
export async function settledHead(pool: Pool, fallback: number): Promise<number> {
  const wanted = await newestPosition(pool);
  if (wanted <= fallback) return fallback;
  const horizon = createHorizon(pool, fallback);
  const until = Date.now() + maxMs;
  while ((await horizon.advance()) < wanted) {
    if (Date.now() > until) return fallback;
    await delay(retryMs);
  }
  return wanted;
}
