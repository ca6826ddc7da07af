/** Tells those who watch a signal that its value may have changed: what there is `about` it, or all of it. */
export type SignalChanged = (signal: string, about?: string) => void;

/** The Pub/Sub channel on which the watchers of a signal's value are told that it may have changed. */
export function signalChannel(logName: string, signal: string, about?: string): string {
  const channel = `${logName}:signal:${signal}`;
  return about === undefined ? channel : `${channel}:${about}`;
}
