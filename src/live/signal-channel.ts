/** The Pub/Sub channel on which a signal's watchers are told that its value may have changed. */
export function signalChannel(logName: string, signal: string): string {
  return `${logName}:signal:${signal}`;
}
