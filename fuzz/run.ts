/** One run: strangers and honest clients for the time, then a look at what is left when the strangers are gone. */
import { setTimeout as delay } from 'node:timers/promises';
import { exceeding } from '../bench/cycles/in-use.ts';
import { percentile } from '../bench/stats.ts';
import { judgeArrivals } from '../chaos/judge.ts';
import { readRecorded } from '../demo/truth.ts';
import { type Honest, startHonest } from './honest.ts';
import type { Options } from './options.ts';
import type { Report } from './report.ts';
import { type Stack, startStack } from './stack.ts';
import { sendStrangers } from './strangers.ts';

const mebibyte = 1_048_576;
const warmUpRuns = 60; // after them what stays for good is there: code, caches, connections
const patienceMs = 60_000; // what the api keeps for a while, such as idle connections, is let go by then
/** `say` is told what is going on. Throws what aborted the signal. */
export async function runFuzz(
  options: Options,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Report> {
  const { seed, seconds } = options;
  await using stack = await startStack();
  await using honest = await startHonest({ port: stack.port, isUp: () => !stack.hasEnded });
  say('warming up');
  const warmUp = await sendStrangers({ target: stack, seed: seed + 1, runs: warmUpRuns, signal });
  await settleDown(stack, {});
  const before = await stack.inUse();
  const heapBefore = await stack.heapBytes();
  honest.queryMs.splice(0);

  say(`strangers for ${seconds} s`);
  const attacked = await sendStrangers({ target: stack, seed, seconds, signal });
  say('the strangers are gone');
  const left = await settleDown(stack, before);
  const heapGrowthMb = ((await stack.heapBytes()) - heapBefore) / mebibyte;
  await honest.rest();
  const wrongs = await compare(stack, honest);
  return {
    seed,
    seconds,
    attacks: warmUp.attacks + attacked.attacks,
    failure: warmUp.failure ?? attacked.failure,
    complaints: [...honest.complaints, ...wrongs],
    left,
    heapGrowthMb,
    loggedKb: stack.loggedBytes / 1_024,
    queries: honest.queryMs.length,
    queryP99Ms: honest.queryMs.length === 0 ? 0 : percentile(honest.queryMs, 99),
    written: honest.written,
  };
}

/** Waits until nothing is more than the bound says, as far as it ever will be. A bound of nothing waits for a standstill. */
async function settleDown(stack: Stack, bound: Readonly<Record<string, number>>): Promise<readonly string[]> {
  const start = performance.now();
  const isBounded = Object.keys(bound).length > 0;
  let last = '';
  for (;;) {
    const now = await stack.inUse();
    const left = exceeding(now, bound);
    const text = JSON.stringify(now);
    if (isBounded ? left.length === 0 : text === last) return [];
    if (performance.now() - start > patienceMs) return left;
    last = text;
    await delay(isBounded ? 100 : 1_500);
  }
}

/** What the honest subscriptions missed, or got twice or in a wrong order. */
async function compare({ pool }: Stack, { followers }: Honest): Promise<readonly string[]> {
  const recorded = await readRecorded(pool);
  const start = performance.now();
  const isMissing = () => [...followers.values()].some(({ length }) => length < recorded.length);
  while (isMissing() && performance.now() - start < patienceMs) await delay(50);
  return [...followers].flatMap(([where, arrivals]) =>
    judgeArrivals(where, recorded, arrivals).map(
      ({ kind, eventId, what }) => `${kind} ${where}: ${eventId}, ${what}`,
    ),
  );
}
