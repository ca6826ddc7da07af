/**
 * The events of a subscription: history from its cursor, then what happens, with no gap and no duplicate between.
 * It joins the tail first, reads history up to where it joined, and then follows. A reader that is too slow for the
 * bounded queue in between leaves the tail, reads history at its own pace, and joins again.
 */
import type { LogEvent } from '../events/envelope.ts';
import type { LogFilter } from '../log/filter.ts';
import type { LogReader } from '../log/reader.ts';
import { invalidCursor } from './cursor.ts';
import type { Tail, TailSubscriber } from './tail.ts';

export interface Following extends AsyncIterableIterator<LogEvent, void, void> {
  /** Leaves the tail at once, also while a `next` is pending. */
  return(): Promise<IteratorResult<LogEvent, void>>;
  /** Everything that matches up to here has been yielded: where to go on when nothing more was received. */
  readonly progress: number;
}

export interface FollowOptions {
  readonly tail: Tail;
  readonly openReader: () => Promise<LogReader>;
  readonly filter: LogFilter;
  /** undefined: from now on */
  readonly after: number | undefined;
}

const maxQueued = 1_000; // events; beyond it history is cheaper to read again than to keep
const historyPage = 500;

/** Joins at once, so that nothing published after the call is missed. */
export function follow({ tail, openReader, filter, after }: FollowOptions): Following {
  let queue = new LiveQueue(tail, filter);
  let position = after ?? queue.joinedAt;
  let stopped = false;

  async function* run(): AsyncGenerator<LogEvent, void, void> {
    try {
      for (;;) {
        const reader = position < queue.joinedAt ? await openReader() : undefined;
        while (reader && position < queue.joinedAt && !stopped) {
          const page = await reader.read({
            filter,
            after: position,
            upTo: queue.joinedAt,
            limit: historyPage,
          });
          for (const event of page.events) {
            yield event;
            position = event.position;
          }
          position = page.next;
        }
        for await (const event of queue) {
          // a cursor can be ahead of this process's tail when another process gave it out
          if (event.position <= position) continue;
          yield event;
          position = event.position;
        }
        if (stopped) return;
        if (queue.ended) throw invalidCursor('The log was replaced. Read the state anew, then subscribe.');
        queue = new LiveQueue(tail, filter);
      }
    } finally {
      queue.leave();
    }
  }

  const events = run();
  const following: Following = {
    next: () => events.next(),
    async return() {
      // a generator that awaits does not hear of its return: it is woken first
      stopped = true;
      queue.leave();
      return events.return();
    },
    [Symbol.asyncIterator]: () => following,
    get progress() {
      return queue.idle && position >= queue.joinedAt ? Math.max(position, tail.position) : position;
    },
  };
  return following;
}

/** What arrived from the tail and was not yet taken: bounded, and over when the bound is passed. */
class LiveQueue implements TailSubscriber, AsyncIterable<LogEvent> {
  readonly filter: LogFilter;
  readonly joinedAt: number;
  /** The log was replaced */
  ended = false;
  readonly #tail: Tail;
  #events: LogEvent[] = [];
  #open = true;
  #taking = false;
  #wake = () => {};

  constructor(tail: Tail, filter: LogFilter) {
    this.#tail = tail;
    this.filter = filter;
    this.joinedAt = tail.join(this);
  }

  /** Nothing is waiting, and nothing that was taken is still on its way to the client. */
  get idle(): boolean {
    return this.#open && this.#events.length === 0 && !this.#taking;
  }

  receive(event: LogEvent): void {
    if (this.#events.length >= maxQueued) this.leave();
    else this.#events.push(event);
    this.#wake();
  }

  end(): void {
    this.ended = true;
    this.leave();
  }

  leave(): void {
    this.#open = false;
    this.#tail.leave(this);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LogEvent, void, void> {
    for (;;) {
      const events = this.#events;
      this.#events = [];
      this.#taking = true;
      for (const event of events) yield event;
      this.#taking = false;
      if (this.#events.length > 0) continue;
      if (!this.#open) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
