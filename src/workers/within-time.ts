/**
 * Runs `work` with a signal that is aborted when its time is up, or when `stopping` is; then it throws at once, also when
 * the work goes on regardless: its transaction is rolled back under it.
 */
export async function withinTime<Result>(
  timeoutMs: number,
  stopping: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new Error(`the handler took longer than ${timeoutMs} ms`)),
    timeoutMs,
  );
  const signal = AbortSignal.any([late.signal, stopping]);
  const overdue = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    signal.throwIfAborted();
    const result = await Promise.race([work(signal), overdue]);
    // what was done too late is rolled back: its worker may have been given up on
    signal.throwIfAborted();
    return result;
  } finally {
    clearTimeout(timer);
  }
}
