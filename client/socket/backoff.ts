export interface BackoffOptions {
  /** Bound of the first pause, ms; default 500 */
  readonly baseMs?: number;
  /** Bound of every pause, ms; default 20_000 */
  readonly maxMs?: number;
}

export interface WaitOptions {
  /** Told at once when the wait is to end, ms since 1970 */
  readonly plan?: (endsAt: number) => void;
  readonly atLeastMs?: number | undefined;
}

/** Settles after a pause; `attempt` counts from 0. */
export type Wait = (attempt: number, options?: WaitOptions) => Promise<void>;

export interface Backoff {
  readonly wait: Wait;
  /** Ends every wait now. */
  wake(): void;
  /** No wait ends any more, and none keeps the process alive: whoever waits goes no further. */
  stop(): void;
}

/**
 * Pauses between attempts: a random part of a bound that doubles with each ("full jitter"), so that clients that lost
 * their sockets together do not come back together.
 */
export function createBackoff({ baseMs = 500, maxMs = 20_000 }: BackoffOptions = {}): Backoff {
  const waiting = new Map<ReturnType<typeof setTimeout>, () => void>();
  let stopped = false;
  return {
    wait: (attempt, { plan, atLeastMs = 0 } = {}) =>
      new Promise((resolve) => {
        if (stopped) return;
        const ms = atLeastMs + Math.random() * Math.min(maxMs, baseMs * 2 ** attempt);
        const timer = setTimeout(() => {
          waiting.delete(timer);
          resolve();
        }, ms);
        waiting.set(timer, resolve);
        plan?.(Math.round(Date.now() + ms));
      }),
    wake() {
      for (const [timer, resolve] of waiting) {
        clearTimeout(timer);
        resolve();
      }
      waiting.clear();
    },
    stop() {
      stopped = true;
      for (const timer of waiting.keys()) clearTimeout(timer);
    },
  };
}
