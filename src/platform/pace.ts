import { setTimeout as delay } from 'node:timers/promises';

/** Settles once at least `ms` have passed since it last settled: at once for a caller that comes rarely. */
export function createPace(ms: number): (signal?: AbortSignal) => Promise<void> {
  let last = 0;
  return async (signal) => {
    const wait = last + ms - performance.now();
    if (wait > 0) await delay(wait, undefined, signal ? { signal } : {}).catch(() => {});
    last = performance.now();
  };
}

/** True at the first call, and then once `ms` have passed since it was last true. */
export function every(ms: number): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const due = performance.now() - last >= ms;
    if (due) last = performance.now();
    return due;
  };
}
