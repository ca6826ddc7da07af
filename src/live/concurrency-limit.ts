import { setImmediate as nextTurn } from 'node:timers/promises';

/** Lets at most so many pieces of work run at a time, in the order in which they came, with room for other work between. */
export function limitConcurrency(places: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => void waiting.push(resolve));
    try {
      await nextTurn();
      return await work();
    } finally {
      const next = waiting.shift();
      // the place is handed on
      if (next) next();
      else free += 1;
    }
  };
}
