const patienceMs = 300_000;

/** Waits for so many events to be counted. */
export interface Countdown {
  count(): void;
  /** Settles with the last one; rejects when that never comes. */
  readonly done: Promise<void>;
}

export function countdown(events: number, name: string): Countdown {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  let left = events;
  const timer = setTimeout(() => reject(new Error(`${name} left ${left} of ${events} events`)), patienceMs);
  return {
    count() {
      left -= 1;
      if (left !== 0) return;
      clearTimeout(timer);
      resolve();
    },
    done,
  };
}
