import { setTimeout as delay } from 'node:timers/promises';
import type { Recorded } from '../demo/verdict.ts';
import type { System } from './system.ts';

const pauseMs = 250;
const quietMs = 1_500; // for what comes once too often

/** Waits until `behind` gives 0, or has come no closer to it for `stallMs`. What it throws counts as no answer. */
export async function untilNobodyIsBehind(
  stallMs: number,
  signal: AbortSignal,
  behind: () => number | Promise<number>,
): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  let movedAt = performance.now();
  for (;;) {
    const now = await Promise.resolve(behind()).catch(() => least);
    if (now === 0) return;
    if (now < least) movedAt = performance.now();
    least = Math.min(least, now);
    if (performance.now() - movedAt > stallMs) return;
    await delay(pauseMs, undefined, { signal });
  }
}

/** Waits until every client has as many events as it should, or nobody gets any, and then until nothing arrives. */
export async function untilAllHaveArrived(
  { clients, stallMs }: Pick<System, 'clients' | 'stallMs'>,
  recorded: readonly Recorded[],
  signal: AbortSignal,
): Promise<void> {
  const followers = clients.flatMap((client) => client.followers);
  const expected = new Map(followers.map(({ wish }) => [wish, recorded.filter(wish.wants).length]));
  await untilNobodyIsBehind(stallMs, signal, () => {
    const missing = followers
      .filter(({ refused }) => refused === undefined)
      .map(({ wish, arrivals }) => expected.get(wish)! - new Set(arrivals.map(({ id }) => id)).size);
    return missing.reduce((sum, count) => sum + Math.max(0, count), 0);
  });
  const arrived = () => followers.reduce((sum, { arrivals }) => sum + arrivals.length, 0);
  for (let before = -1; before !== arrived(); ) {
    before = arrived();
    await delay(quietMs, undefined, { signal });
  }
}
