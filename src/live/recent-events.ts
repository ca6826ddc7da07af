/**
 * The newest events of the log, kept in memory for clients that come back: a thousand of them that lost their sockets
 * at once are served without asking a store. What one user or aggregate has is found by index.
 */
import type { LogEvent } from '../events/envelope.ts';
import { isNarrow, type LogFilter, matchesFilter } from '../log/filter.ts';
import { eventEntries, filterEntries } from './subscriber-index.ts';
import { Window } from './window.ts';

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
  readonly #events = new Window<{ readonly event: LogEvent; readonly bytes: number }>();
  #bytes = 0;
  readonly #byEntry = new Map<string, Window<LogEvent>>();
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
    return this.#events.length;
  }

  /** Adds the event after all before it; the oldest make room. */
  add(event: LogEvent, bytes: number): void {
    this.#events.push({ event, bytes });
    this.#bytes += bytes;
    for (const entry of narrowEntries(event)) {
      this.#byEntry.getOrInsertComputed(entry, () => new Window<LogEvent>()).push(event);
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
      const known = this.#byEntry.get(filterEntries(filter)[0]!);
      if (!known) return;
      const start = known.firstWhere(({ position }) => position > after);
      for (let at = start; at < known.length; at += 1) yield known.at(at);
      return;
    }
    const start = this.#events.firstWhere(({ event }) => event.position > after);
    for (let at = start; at < this.#events.length; at += 1) yield this.#events.at(at).event;
  }

  #letOldestGo(): void {
    const { event, bytes } = this.#events.shift();
    this.#bytes -= bytes;
    this.#floor = event.position;
    for (const entry of narrowEntries(event)) {
      const known = this.#byEntry.get(entry)!;
      known.shift();
      if (known.length === 0) this.#byEntry.delete(entry);
    }
  }
}

/** The words that narrow filters ask by. */
function narrowEntries(event: LogEvent): string[] {
  return eventEntries(event).slice(0, -2);
}
