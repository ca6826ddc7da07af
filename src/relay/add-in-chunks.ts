/** How many jobs go to Redis at once: enough to be quick, few enough to let others in between. */
import { setImmediate as nextRound } from 'node:timers/promises';
import { yieldToStreams } from './stream-priority.ts';

// BullMQ takes some 25 µs to make a job: so many keep the streams, which share the event loop, waiting for a ms or two
const chunkSize = 50;
/**
 * Gives `add` a few rows at a time, in order. When one throws, no more are given, and those under way are waited for: at
 * most so many, by default two, so that one is being made while Redis works on another.
 */
export async function addInChunks<Row>(
  rows: readonly Row[],
  add: (chunk: readonly Row[]) => Promise<void>,
  chunksUnderWay = 2,
): Promise<void> {
  const underWay: Promise<void>[] = [];
  let begunAt = performance.now();
  try {
    for (let start = 0; start < rows.length; start += chunkSize) {
      if (underWay.length === chunksUnderWay) await underWay.shift();
      await nextRound();
      await yieldToStreams(performance.now() - begunAt);
      begunAt = performance.now();
      const adding = add(rows.slice(start, start + chunkSize));
      adding.catch(() => {}); // it is told below
      underWay.push(adding);
    }
    await Promise.all(underWay);
  } finally {
    await Promise.allSettled(underWay);
  }
}
