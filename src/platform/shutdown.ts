/**
 * Runs `work` until SIGTERM or SIGINT, which abort its signal; gives the exit code. Work that has not ended `graceMs`
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
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  try {
    await work(stopping.signal);
    return 0;
  } finally {
    process.off('SIGTERM', stop);
    process.off('SIGINT', stop);
  }
}
