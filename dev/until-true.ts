import { setTimeout as delay } from 'node:timers/promises';

const patienceMs = 30_000;

/** Asks again and again, for half a minute at most. */
export async function untilTrue(ask: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`not within ${patienceMs} ms: ${ask}`);
    await delay(20);
  }
}
