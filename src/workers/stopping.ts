/** How work ends: nothing new from the first moment on, and what is in hand is cut off when its time is up. */
export interface Stopping {
  /** Aborted by `stop`: nothing new is begun, nobody waits for anything any more */
  readonly signal: AbortSignal;
  /** Aborted `finishMs` after that: handlers give up, and their transactions are rolled back */
  readonly cutOff: AbortSignal;
  stop(): void;
}

export function createStopping(finishMs: number): Stopping {
  const stopping = new AbortController();
  const cutOff = new AbortController();
  return {
    signal: stopping.signal,
    cutOff: cutOff.signal,
    stop() {
      if (stopping.signal.aborted) return;
      const reason = new Error('the worker is stopping');
      stopping.abort(reason);
      setTimeout(() => cutOff.abort(reason), finishMs).unref();
    },
  };
}
