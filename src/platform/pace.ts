import { setTimeout as delay } from 'node:timers/promises';

const maxPauseMs = 25;

/**
 * Runs turns of a busy loop no closer than `leastMs` from start to start, and with a pause of twice the time that the
 * turn before took: it works for a third of the time at most, and what comes meanwhile is done together. A turn after a
 * longer silence runs at once.
 */
export function createPace(leastMs: number): <Result>(turn: () => Promise<Result>) => Promise<Result> {
  let earliest = 0;
  return async (turn) => {
    const pauseMs = earliest - performance.now();
    if (pauseMs > 0) await delay(pauseMs);
    const began = performance.now();
    try {
      return await turn();
    } finally {
      const ended = performance.now();
      earliest = Math.max(began + leastMs, ended + Math.min(2 * (ended - began), maxPauseMs));
    }
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
