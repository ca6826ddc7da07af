/**
 * Streams go first: somebody looks at a screen, while jobs may wait a little. Both sinks of a relay live in one process,
 * and whatever one does on its event loop, the other waits for; so this is about the process.
 */
import { setTimeout as delay } from 'node:timers/promises';

let turns = 0;
let over = Promise.withResolvers<void>();
let flowedAt = Number.NEGATIVE_INFINITY;

const flowMs = 100; // that long after a commit others are likely to follow
const longestMs = 30; // streams that are far behind must not stop the jobs
const share = 4; // while others commit, jobs take one part in so many of the time

/** Notes that somebody has just committed, and may be waiting to see it. */
export function noteCommit(): void {
  flowedAt = performance.now();
}

/** Runs a turn of the stream sink, and asks jobs to wait meanwhile. */
export async function streamsFirst<Result>(turn: () => Promise<Result>): Promise<Result> {
  turns += 1;
  try {
    return await turn();
  } finally {
    turns -= 1;
    if (turns === 0) {
      over.resolve();
      over = Promise.withResolvers<void>();
    }
  }
}

/**
 * Settles when jobs may go on that have just been worked on for so long: at once while nobody commits; else after such a
 * pause that they take a quarter of the time, and when no turn of the streams is under way. After 30 ms at the latest.
 */
export async function yieldToStreams(workedMs: number): Promise<void> {
  if (performance.now() - flowedAt > flowMs) return;
  await delay(Math.min((share - 1) * workedMs, longestMs / 2));
  if (turns > 0) await Promise.race([over.promise, delay(longestMs / 2)]);
}
