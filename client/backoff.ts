export interface BackoffOptions {
  /** Bound of the first pause, ms; default 500 */
  readonly baseMs?: number;
  /** Bound of every pause, ms; default 20_000 */
  readonly maxMs?: number;
}

export interface Backoff {
  wait(attempt: number): Promise<void>;
  /** No wait ends any more, and none keeps the process alive: whoever waits goes no further. */
  stop(): void;
}

/**
 * Pauses between attempts: a random part of a bound that doubles with each ("full jitter"), so that clients that lost
 * their sockets together do not come back together.
 */
export function createBackoff({ baseMs = 500, maxMs = 20_000 }: BackoffOptions = {}): Backoff {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let stopped = false;
  return {
    wait: (attempt) =>
      new Promise((resolve) => {
        if (stopped) return;
        const end = () => {
          timers.delete(timer);
          resolve();
        };
        const timer = setTimeout(end, Math.random() * Math.min(maxMs, baseMs * 2 ** attempt));
        timers.add(timer);
      }),
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
