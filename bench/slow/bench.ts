/** What a client that stops reading costs the server and everybody else. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Bench, BenchContext, BenchResult } from '../harness.ts';
import { wholeOption } from '../options.ts';
import { judge, sum } from '../resume/verdict.ts';
import { startStormWorld } from '../resume/world.ts';
import { mean, percentile, ratio } from '../stats.ts';
import { readHeapBytes } from './heap.ts';
import { writeNumberedEvents } from './numbered-events.ts';
import { openReader, type Reader } from './reader.ts';

const payloadBytes = 300;
const tickMs = 30;
const warmUpSeconds = 5;
const mebibyte = 1_048_576;
const allowedMebibytes = 20;

export const slow: Bench = {
  name: 'slow',
  about: 'a client that stops reading while many events pass, among others who read on',
  options: {
    events: { value: 'N', about: 'pass while it does not read', fallback: '200000' },
    seconds: { value: 'N', about: 'for which it does not read', fallback: '60' },
    others: { value: 'N', about: 'clients that get the same events and go on reading', fallback: '3' },
  },
  floors: [
    {
      ratio: 'heldForItOverAllowed',
      atMost: 1,
      because: `what it does not take must not be kept for it: ${allowedMebibytes} MiB at most, for any number of events`,
    },
    { ratio: 'othersP99OverCalm', atMost: 2, because: 'the others must hardly notice' },
    { ratio: 'lost', atMost: 0, because: 'when it reads on it gets every event' },
    { ratio: 'doubled', atMost: 0, because: 'once' },
    { ratio: 'reordered', atMost: 0, because: 'and in order' },
  ],
  run,
};

async function run({ options, progress }: BenchContext): Promise<BenchResult> {
  const events = wholeOption(options, 'events');
  const seconds = wholeOption(options, 'seconds');
  const perSecond = events / seconds;
  progress('starting PostgreSQL, Redis, relay and api');
  await using world = await startStormWorld();
  await using readers = new AsyncDisposableStack();
  const open = async () => readers.use(await openReader(world.url));
  const slowOne = await open();
  const others = await Promise.all(Array.from({ length: wholeOption(options, 'others') }, open));
  const everybody = [slowOne, ...others];
  const log = createLog(world.database.pool);

  /** Lets events pass for a while; gives the others' p99, ms. */
  const pass = async (forSeconds: number): Promise<number> => {
    const first = log.written;
    await log.write(perSecond, forSeconds);
    await untilAllHave(others, log.written);
    return percentile(
      others.flatMap(({ latencyMs }) => latencyMs.slice(first)),
      99,
    );
  };

  const stop = async (forSeconds: number): Promise<number> => {
    slowOne.stopReading();
    return pass(forSeconds);
  };

  await pass(warmUpSeconds);
  progress('everybody reads');
  const calmBefore = await pass(seconds / 3);
  await untilAllHave(everybody, log.written);
  progress(`one does not read for ${seconds} s`);
  const whileStopped = await stop(seconds);
  const missed = log.written - slowOne.numbers.length;
  const heapWhileStopped = await readHeapBytes(world.api);

  progress(`it has missed ${missed} events, and reads on while nothing happens`);
  const start = performance.now();
  slowOne.readOn();
  await untilAllHave(everybody, log.written);
  const caughtUpSeconds = (performance.now() - start) / 1_000;
  // nothing was written meanwhile: what is held for everybody, such as the newest events, is the same
  const heldForIt = (heapWhileStopped - (await readHeapBytes(world.api))) / mebibyte;

  progress('it stops again, and reads on while events go on');
  await stop(seconds / 3);
  slowOne.readOn();
  const whileCatchingUp = await pass(seconds / 6);
  await untilAllHave(everybody, log.written);
  progress('everybody reads again');
  const calmAfter = await pass(seconds / 3);
  await untilAllHave(everybody, log.written);

  const all = Array.from({ length: log.written }, (_, index) => index + 1);
  const calm = mean([calmBefore, calmAfter]);
  return {
    cases: [
      { name: 'everybody reads', figures: { othersP99Ms: calm } },
      { name: 'one does not', figures: { othersP99Ms: whileStopped, missed, heldForItMb: heldForIt } },
      { name: 'it catches up', figures: { othersP99Ms: whileCatchingUp, caughtUpSeconds } },
    ],
    ratios: {
      heldForItOverAllowed: heldForIt / allowedMebibytes,
      othersP99OverCalm: ratio(whileStopped, calm),
      ...sum(everybody.map(({ numbers }) => judge(all, numbers))),
    },
  };
}

function createLog(pool: Pool) {
  let written = 0;
  return {
    get written() {
      return written;
    },
    async write(perSecond: number, forSeconds: number): Promise<void> {
      const start = performance.now();
      const end = written + Math.round(perSecond * forSeconds);
      const first = written;
      while (written < end) {
        const due = first + Math.floor(((performance.now() - start) / 1_000) * perSecond);
        const count = Math.min(due, end) - written;
        if (count > 0) await writeNumberedEvents(pool, { first: written + 1, count, payloadBytes });
        written += count;
        await delay(tickMs);
      }
    },
  };
}

const patienceMs = 20_000;

/** Throws when one of them gets nothing any more before it has so many events, or was ended. */
async function untilAllHave(readers: readonly Reader[], events: number): Promise<void> {
  for (const reader of readers) {
    let seen = 0;
    let changedAt = performance.now();
    while (reader.numbers.length < events) {
      if (reader.ended !== undefined) throw new Error(`a reader was ended: ${reader.ended}`);
      if (reader.numbers.length > seen) changedAt = performance.now();
      else if (performance.now() - changedAt > patienceMs)
        throw new Error(`a reader has ${seen} of ${events} events and gets no more`);
      seen = reader.numbers.length;
      await delay(20);
    }
  }
}
