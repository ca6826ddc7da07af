import { setTimeout as delay } from 'node:timers/promises';

const lookMs = 20;
const patienceMs = 120_000;

/** Waits until the answer is true. Throws after two minutes, and says what has not come about. */
export async function untilTrue(what: string, answer: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await answer())) {
    if (performance.now() > deadline) throw new Error(`not within ${patienceMs / 1_000} s: ${what}`);
    await delay(lookMs);
  }
}
