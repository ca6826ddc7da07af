const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Runs `work` until SIGTERM, SIGINT or SIGHUP (its terminal is gone), which abort its signal; gives the exit code. Work that has not ended `graceMs`
 * after that, or a second signal, ends the process at once: everything it may leave undone is picked up by others.
 */
export async function untilSignal(
  graceMs: number,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<number> {
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort();
    setTimeout(() => process.exit(1), graceMs).unref();
  };
  for (const signal of signals) process.on(signal, stop);
  try {
    await work(stopping.signal);
    return 0;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
