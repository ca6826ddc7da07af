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
  const { signal } = late;
  // AbortSignal.any would keep each of its signals for as long as the process runs
  const stop = () => late.abort(stopping.reason);
  stopping.addEventListener('abort', stop, { once: true });
  if (stopping.aborted) stop();
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
    stopping.removeEventListener('abort', stop);
  }
}
