/** The event streams of this process that somebody has reserved, by their token. */
import { randomUUID } from 'node:crypto';
import { SharedStream, type StreamLimits, type StreamReader } from './shared-stream.ts';

export interface Reservations {
  /** Returns the token of a new stream of that viewer; undefined while too many wait to be opened. */
  reserve(scope: string): string | undefined;
  find(token: string): SharedStream | undefined;
  /** Gives the body of the response that the stream is read from. To be called once, for one that there is. */
  open(token: string, reader: StreamReader): ReadableStream<Uint8Array>;
}

const timeToOpenMs = 10_000;
const maxWaiting = 10_000; // reserved and not opened, by all clients together

/** A stream is forgotten when it ends, and ends when nobody has opened it in time. */
export function createReservations(limits: StreamLimits): Reservations {
  const streams = new Map<string, SharedStream>();
  const waiting = new Map<string, NodeJS.Timeout>();
  return {
    reserve(scope) {
      if (waiting.size >= maxWaiting) return undefined;
      const token = randomUUID();
      const stream = new SharedStream(scope, limits, () => {
        streams.delete(token);
        waiting.delete(token);
      });
      streams.set(token, stream);
      waiting.set(token, setTimeout(() => stream.end(), timeToOpenMs).unref());
      return token;
    },
    find: (token) => streams.get(token),
    open(token, reader) {
      clearTimeout(waiting.get(token));
      waiting.delete(token);
      return streams.get(token)!.open(reader);
    },
  };
}
