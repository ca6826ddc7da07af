/**
 * Runs what may have ended its process before one at a time, in an order of chance: one that crashes every process then
 * takes others with it some of the time only, and they get through.
 */
export function createIsolation(random: () => number = Math.random) {
  const waiting: (() => void)[] = [];
  let isBusy = false;
  const leave = () => {
    const [next] = waiting.splice(Math.floor(random() * waiting.length), 1);
    if (next) next();
    else isBusy = false;
  };
  return async function alone<Result>(work: () => Promise<Result>): Promise<Result> {
    if (isBusy) await new Promise<void>((resolve) => waiting.push(resolve));
    isBusy = true;
    try {
      return await work();
    } finally {
      leave();
    }
  };
}

export type Isolation = ReturnType<typeof createIsolation>;
