import { setTimeout as delay } from 'node:timers/promises';

const leastPerSecond = 10; // a few clients are not kept waiting

/** Calls every closer once, evenly spread over the time, or faster when there are few. */
export async function drain(closers: readonly (() => void)[], overMs: number): Promise<void> {
  const spanMs = Math.min(overMs, (closers.length * 1_000) / leastPerSecond);
  const start = performance.now();
  for (const [index, close] of closers.entries()) {
    const waitMs = start + (index * spanMs) / closers.length - performance.now();
    if (waitMs >= 1) await delay(waitMs);
    close();
  }
}
