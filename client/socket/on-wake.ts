/** What is used of a browser's window and document. Elsewhere there is nothing to listen to. */
interface Listenable {
  addEventListener?(event: string, listener: () => void): void;
  removeEventListener?(event: string, listener: () => void): void;
  readonly visibilityState?: string;
}

/**
 * Calls when a browser's page may have been cut off or asleep and no longer is: it came online, became visible, was
 * thawed, or was shown again from the cache of pages left. Returns what ends that.
 */
export function onWake(wake: () => void): () => void {
  const page = globalThis as Listenable & { readonly document?: Listenable };
  const { document } = page;
  const shown = () => {
    if (document?.visibilityState === 'visible') wake();
  };
  const listening = [
    [page, 'online', wake],
    [page, 'pageshow', wake],
    [document, 'visibilitychange', shown],
    [document, 'resume', wake],
  ] as const;
  for (const [target, event, listener] of listening) target?.addEventListener?.(event, listener);
  return () => {
    for (const [target, event, listener] of listening) target?.removeEventListener?.(event, listener);
  };
}
