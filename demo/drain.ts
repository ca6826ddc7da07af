/** Waiting until everything that was set off has been done. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { type Progress, readProgress } from './truth.ts';

const pauseMs = 250;
const stallMs = 60_000;

export interface DrainOptions {
  readonly pool: Pool;
  /** Services that nobody waits for, because they do not run */
  readonly without?: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Waits until every service has handled, or given up, every event of its types. To be called when nobody writes any
 * more. Throws when nothing was handled for a minute, and names who is how far behind.
 */
export async function drain({ pool, without = [], signal }: DrainOptions): Promise<void> {
  let best = -1;
  let movedAt = performance.now();
  for (;;) {
    const progress = (await readProgress(pool)).filter(({ consumer }) => !without.includes(consumer));
    const behind = progress.filter((each) => behindOf(each) > 0);
    if (behind.length === 0) return;
    const handled = progress.reduce((sum, each) => sum + each.handled + each.dead, 0);
    if (handled > best) movedAt = performance.now();
    best = Math.max(best, handled);
    if (performance.now() - movedAt > stallMs) {
      const missing = behind.map((each) => `${each.consumer} ${behindOf(each)}`).join(', ');
      throw new Error(`for ${stallMs / 1_000} s no service has handled anything. Events missing: ${missing}`);
    }
    await delay(pauseMs, undefined, { signal });
  }
}

const behindOf = ({ expected, handled, dead }: Progress) => expected - handled - dead;

/** Waits until the condition holds, and gives up without a word when it has not come any closer for 10 s. */
export async function settle(
  condition: () => boolean,
  closeness: () => number,
  signal: AbortSignal,
): Promise<void> {
  let closest = -1;
  let movedAt = performance.now();
  while (!condition()) {
    if (closeness() > closest) movedAt = performance.now();
    closest = Math.max(closest, closeness());
    if (performance.now() - movedAt > 10_000) return;
    await delay(20, undefined, { signal });
  }
}
