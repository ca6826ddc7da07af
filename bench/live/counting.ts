/** Counts from the first event of a flow until every socket has them all. */
import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from './clock.ts';
import type { Load } from './load.ts';
import type { LoadEnd, LoadProgress } from './load-protocol.ts';

/** Events that are made, each with the next sequence number, but not yet published. */
export interface NewEvents {
  /** The sequence number of the first */
  readonly first: number;
  readonly count: number;
  /** Settles when Redis has them. */
  publish(): Promise<void>;
}

/** Subscribers who all receive every event, and where the events come from. */
export interface Flow {
  readonly load: Load;
  readonly sockets: number;
  make(events: number): NewEvents;
  /** The sequence number that the next event will have */
  next(): number;
}

export interface Counting {
  /** Events so far */
  readonly published: number;
  publish(events: NewEvents): void;
  /** Is told how many events every socket has, whenever that is more. */
  onCompleted(listen: (completed: number) => void): void;
  /** Waits until every socket has every event, and throws when one has not, has more, or had one out of order. */
  finish(): Promise<Finished>;
}

export interface Finished extends LoadEnd {
  readonly events: number;
  /** When the last socket had the last event, ms */
  readonly completedAtMs: number;
}

const deliveryTimeoutMs = 60_000;
const quietMs = 50; // an event that comes twice does so within it
const checkedSockets = 20;

/** Nothing may be on its way to the sockets. `receipts` notes when each event arrived. */
export async function beginCounting({ load, sockets, next }: Flow, receipts = false): Promise<Counting> {
  await load.begin({ checked: checkedSockets, first: next(), receipts });
  let published = 0;
  let newest: LoadProgress = { completed: 0, faults: [], atMs: nowMs() };
  let isEnding = false;
  let listen: (completed: number) => void = () => {};
  const over = Promise.withResolvers<void>();
  over.promise.catch(() => {}); // it may be long until somebody asks
  const isWhole = () => newest.completed === published;
  load.onProgress((progress) => {
    newest = progress;
    if (progress.faults.length > 0) over.reject(new Error(progress.faults.join('; ')));
    listen(progress.completed);
    if (isEnding && isWhole()) over.resolve();
  });
  return {
    get published() {
      return published;
    },
    publish(events) {
      published += events.count;
      events.publish().catch(over.reject);
    },
    onCompleted(next) {
      listen = next;
    },
    async finish() {
      isEnding = true;
      if (isWhole()) over.resolve();
      const waiting = new AbortController();
      const timeout = delay(deliveryTimeoutMs, undefined, { signal: waiting.signal }).catch(() => {});
      await Promise.race([over.promise, timeout]).finally(() => waiting.abort());
      const completedAtMs = newest.atMs;
      await delay(quietMs);
      load.onProgress(() => {});
      const end = await load.end();
      assertFaultless(end);
      assertComplete(end, published, sockets);
      return { ...end, events: published, completedAtMs };
    },
  };
}

/** Throws with what the sockets met, if anything. */
export function assertFaultless({ faults }: LoadEnd): void {
  if (faults.length > 0) throw new Error(faults.join('; '));
}

function assertComplete({ perSocket }: LoadEnd, events: number, sockets: number): void {
  const wrong = perSocket.findIndex((received) => received !== events);
  if (wrong < 0 && perSocket.length === sockets) return;
  const lacking = perSocket.filter((received) => received < events).length;
  const beyond = perSocket.filter((received) => received > events).length;
  const example = `socket ${wrong} has ${perSocket[wrong]} of ${events}`;
  throw new Error(`of ${sockets} sockets ${lacking} lack events and ${beyond} have too many: ${example}`);
}
