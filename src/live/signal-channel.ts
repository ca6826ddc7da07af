import { keyOf } from '../platform/key.ts';

/** Tells those who watch a signal that its value may have changed: what there is `about` it, or all of it. */
export type SignalChanged = (signal: string, about?: string) => void;

/** The Pub/Sub channel on which the watchers of a signal's value are told that it may have changed: one for each value. */
export function signalChannel(logName: string, signal: string, about?: string): string {
  return `${logName}:signal:${about === undefined ? keyOf(signal) : keyOf(signal, about)}`;
}
