/** Whether thousands of clients that die without a word leave anything behind. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, BenchContext, BenchResult } from '../harness.ts';
import { wholeOption } from '../options.ts';
import { startStormWorld } from '../resume/world.ts';
import { startWriter, writeToOutbox } from '../resume/writer.ts';
import { readHeapBytes } from '../slow/heap.ts';
import { runCycles } from './cycle.ts';
import { writeHistory } from './history.ts';
import { type Counts, countInUse, countLive, exceeding } from './in-use.ts';

const warmUp = 1_000; // cycles: after them what stays for good is there, such as code, caches and connections
const allowedMebibytes = 5;
const mebibyte = 1_048_576;
const patienceMs = 30_000; // idle connections to PostgreSQL are let go after ten seconds

export const cycles: Bench = {
  name: 'cycles',
  about: 'clients that connect, subscribe and die without a word, thousands of times',
  options: {
    cycles: { value: 'N', about: 'clients that come and die', fallback: '5000' },
    'at-once': { value: 'N', about: 'of these at the same time', fallback: '40' },
  },
  floors: [
    {
      ratio: 'leftBehind',
      atMost: 0,
      because: 'sockets, subscriptions, timers, channels and statements have to be as few as before',
    },
    {
      ratio: 'heapGrowthOverAllowed',
      atMost: 1,
      because: `${allowedMebibytes} MiB are a kilobyte for each of 5,000: less than any of them needed while it lived`,
    },
  ],
  run,
};

async function run({ options, progress }: BenchContext): Promise<BenchResult> {
  const count = wholeOption(options, 'cycles');
  const atOnce = wholeOption(options, 'at-once');
  progress('starting PostgreSQL, Redis, relay and api');
  await using world = await startStormWorld();
  const { api, redis, outbox } = world;
  const { port } = api;
  const { pool } = world.database;
  const target = { port, cursor: await writeHistory(pool, world.url.replace('ws', 'http')) };
  await using writer = startWriter({
    users: ['user-1', 'user-2'],
    perSecond: 40,
    write: writeToOutbox(outbox),
  });
  const inUse = () => countInUse({ port, redis, pool });
  progress('warming up');
  await runCycles(target, warmUp, atOnce);
  await findLeft({}, () => countLive(port));
  const before = await inUse();
  const heapBefore = await readHeapBytes(api);

  progress(`${count} clients come and die`);
  const start = performance.now();
  await runCycles(target, count, atOnce);
  const seconds = (performance.now() - start) / 1_000;
  await writer.stop();
  const left = await findLeft(before, inUse);
  for (const what of left) progress(`left behind: ${what}`);
  const heapGrowthMb = ((await readHeapBytes(api)) - heapBefore) / mebibyte;
  return {
    cases: [
      { name: 'clients that die', figures: { cycles: count, seconds, left: left.length, heapGrowthMb } },
    ],
    ratios: { leftBehind: left.length, heapGrowthOverAllowed: heapGrowthMb / allowedMebibytes },
  };
}

/** What is still more than the bound says when there was time to let it go. */
async function findLeft(bound: Counts, count: () => Promise<Counts>): Promise<readonly string[]> {
  const start = performance.now();
  for (;;) {
    const left = exceeding(await count(), bound);
    if (left.length === 0 || performance.now() - start > patienceMs) return left;
    await delay(50);
  }
}
