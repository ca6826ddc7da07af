/**
 * The newest events of the log, kept in memory for clients that come back: a thousand of them that lost their sockets
 * at once are served without asking a store. What one user or aggregate has is found by index.
 */
import type { LogEvent } from '../events/envelope.ts';
import { isNarrow, type LogFilter, matchesFilter } from '../log/filter.ts';
import { eventEntries, filterEntries } from './subscriber-index.ts';

export interface RecentPage {
  readonly events: readonly LogEvent[];
  /** Everything that matches up to here has been given */
  readonly next: number;
}

export interface RecentRead {
  readonly filter: LogFilter;
  readonly after: number;
  readonly upTo: number;
  /** Most events of a page */
  readonly limit: number;
}

export class RecentEvents {
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  #events: { readonly event: LogEvent; readonly bytes: number }[] = [];
  /** How many of the first of `#events` were let go */
  #gone = 0;
  #bytes = 0;
  readonly #byEntry = new Map<string, LogEvent[]>();
  #floor: number;

  /** Holds nothing yet, and everything that is added above the floor. */
  constructor(floor: number, { maxEvents, maxBytes }: { maxEvents: number; maxBytes: number }) {
    this.#floor = floor;
    this.#maxEvents = maxEvents;
    this.#maxBytes = maxBytes;
  }

  /** Every event above it that was added is held. */
  get floor(): number {
    return this.#floor;
  }

  get size(): number {
    return this.#events.length - this.#gone;
  }

  /** Adds the event after all before it; the oldest make room. */
  add(event: LogEvent, bytes: number): void {
    this.#events.push({ event, bytes });
    this.#bytes += bytes;
    for (const entry of narrowEntries(event)) {
      const known = this.#byEntry.get(entry);
      if (known) known.push(event);
      else this.#byEntry.set(entry, [event]);
    }
    while (this.size > this.#maxEvents || (this.#bytes > this.#maxBytes && this.size > 0))
      this.#letOldestGo();
  }

  /** The matching events of a range whose lower end is not below the floor. */
  read({ filter, after, upTo, limit }: RecentRead): RecentPage {
    const events: LogEvent[] = [];
    for (const event of this.#candidates(filter, after)) {
      if (event.position > upTo) break;
      if (!matchesFilter(filter, event)) continue;
      events.push(event);
      if (events.length === limit) return { events, next: event.position };
    }
    return { events, next: Math.max(after, upTo) };
  }

  *#candidates(filter: LogFilter, after: number): Generator<LogEvent, void, void> {
    if (isNarrow(filter)) {
      const known = this.#byEntry.get(filterEntries(filter)[0]!) ?? [];
      for (let at = firstAbove(known, 0, after, (event) => event.position); at < known.length; at += 1) {
        yield known[at]!;
      }
      return;
    }
    const start = firstAbove(this.#events, this.#gone, after, ({ event }) => event.position);
    for (let at = start; at < this.#events.length; at += 1) yield this.#events[at]!.event;
  }

  #letOldestGo(): void {
    const { event, bytes } = this.#events[this.#gone]!;
    this.#gone += 1;
    this.#bytes -= bytes;
    this.#floor = event.position;
    for (const entry of narrowEntries(event)) {
      const known = this.#byEntry.get(entry)!;
      known.shift();
      if (known.length === 0) this.#byEntry.delete(entry);
    }
    // moved rarely, so that letting one go costs the same however many are held
    if (this.#gone > this.#events.length / 2) {
      this.#events = this.#events.slice(this.#gone);
      this.#gone = 0;
    }
  }
}

/** The words that narrow filters ask by. */
function narrowEntries(event: LogEvent): string[] {
  return eventEntries(event).slice(0, -2);
}

/** The index of the first item from `start` on whose position is above `after`; items are in position order. */
function firstAbove<Item>(
  items: readonly Item[],
  start: number,
  after: number,
  positionOf: (item: Item) => number,
): number {
  let [low, high] = [start, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (positionOf(items[middle]!) > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
