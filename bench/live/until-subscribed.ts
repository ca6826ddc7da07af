/** Whether subscribers are subscribed: nothing in the protocol says so, only an event that arrives. */
import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from './clock.ts';
import { assertFaultless, type Flow } from './counting.ts';

const longestPatienceMs = 60_000;

/**
 * Publishes probes until every socket has received one and the same: only then all are known to be subscribed, and
 * nothing is left on its way.
 */
export async function untilSubscribed({ load, make }: Pick<Flow, 'load' | 'make'>): Promise<void> {
  await load.begin({ checked: Number.MAX_SAFE_INTEGER, first: undefined, receipts: false });
  const probe = async (everyoneHas: (first: number) => number, patienceMs: number) => {
    const probes = make(1);
    await probes.publish();
    const deadline = nowMs() + patienceMs;
    while ((await load.count()).newest < everyoneHas(probes.first)) {
      if (nowMs() > deadline) return false;
      await delay(5);
    }
    return true;
  };
  let patienceMs = 250;
  while (!(await probe(() => 0, patienceMs))) {
    patienceMs *= 2;
    if (patienceMs > longestPatienceMs)
      throw new Error('some sockets received nothing: they are not subscribed');
  }
  if (!(await probe((first) => first, longestPatienceMs)))
    throw new Error('a probe did not reach every socket');
  assertFaultless(await load.end());
}
