/**
 * The tail of the log in this process: reads every event once, in order, and hands it to those who joined. It goes on
 * from its own position through any outage; what Redis forgot is read from the outbox.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EpochChangedError, type LogPage, type LogReader, RetentionPassedError } from '../log/reader.ts';
import type { Waiter } from '../log/waiter.ts';
import type { Logger } from '../platform/logger.ts';
import { startLoop } from '../platform/loop.ts';
import { logReplaced } from './cursor.ts';
import { RecentEvents } from './recent-events.ts';
import { type Subscriber, SubscriberIndex } from './subscriber-index.ts';

export interface TailSubscriber extends Subscriber {
  /** Called after a page of events was received: sends a part of them; true when more could be sent at once. */
  flush(): boolean;
  /** It gets nothing more: the log was replaced by another. */
  end(error: Error): void;
}

export interface Tail {
  /** Everything up to here has been handed out */
  readonly position: number;
  readonly epoch: string;
  readonly reader: LogReader;
  /** The newest events that were handed out */
  readonly recent: RecentEvents;
  /** From now on the subscriber receives every event above the position that is returned. */
  join(subscriber: TailSubscriber): number;
  leave(subscriber: TailSubscriber): void;
  stop(): Promise<void>;
}

export interface TailOptions {
  readonly openReader: () => Promise<LogReader>;
  readonly waiter: Waiter;
  readonly topics: readonly string[];
  readonly logger: Logger;
}

const pageSize = 1_000;
const waitMs = 10_000; // the waiter tells of all that is new: a look in between is for whatever nobody thought of
const briefMs = 500;
const retryMs = 50;
const recentBounds = { maxEvents: 20_000, maxBytes: 33_554_432 };

/** Starts at the end of the log, and remembers what came shortly before. */
export async function startTail(options: TailOptions): Promise<Tail> {
  const { openReader, waiter, topics, logger } = options;
  const index = new SubscriberIndex<TailSubscriber>();
  const joined = new Set<TailSubscriber>();
  const filter = { topics };
  let reader = await openReader();
  let position = await reader.through();
  let through = position;
  let recent = await readRecent(reader, topics, position);

  const startAnew = async () => {
    logger.error({ epoch: reader.epoch }, 'tail.log_replaced');
    const next = await openReader();
    const start = await next.through();
    // all at once: a position means nothing without its log
    reader = next;
    position = start;
    through = start;
    recent = new RecentEvents(start, recentBounds);
    for (const subscriber of [...joined]) subscriber.end(logReplaced());
  };

  const readPage = async (): Promise<LogPage | undefined> => {
    try {
      return await reader.read({ filter, after: position, limit: pageSize });
    } catch (error) {
      if (!(error instanceof EpochChangedError)) throw error;
      await startAnew();
      return undefined;
    }
  };

  /** In one go, so that nobody who joins sees a part of it. */
  const handOut = (page: LogPage): ReadonlySet<TailSubscriber> => {
    const reached = new Set<TailSubscriber>();
    remember(recent, page);
    for (const event of page.events) index.deliver(event, reached);
    position = page.next;
    return reached;
  };

  const loop = startLoop({
    name: 'live.tail',
    logger,
    maxBackoffMs: 500,
    async turn(signal) {
      const started = performance.now();
      if (position >= through) await waiter.wait(position, waitMs, signal);
      const page = await readPage();
      if (!page) return 0;
      through = page.through;
      if (page.next > position) {
        await flush(handOut(page));
        return 0;
      }
      // told of more than can be read: Redis is away, and the outbox's checkpoint behind it
      return performance.now() - started < briefMs ? retryMs : 0;
    },
  });

  return {
    get position() {
      return position;
    },
    get epoch() {
      return reader.epoch;
    },
    get reader() {
      return reader;
    },
    get recent() {
      return recent;
    },
    join(subscriber) {
      index.add(subscriber);
      joined.add(subscriber);
      return position;
    },
    leave(subscriber) {
      if (joined.delete(subscriber)) index.remove(subscriber);
    },
    stop: () => loop.stop(),
  };
}

/** Until all that is ready and can be taken is sent: the next page is read after it, so that only slow clients fall behind. */
async function flush(reached: ReadonlySet<TailSubscriber>): Promise<void> {
  let left = [...reached];
  for (;;) {
    left = left.filter((subscriber) => subscriber.flush());
    if (left.length === 0) return;
    await nextTurn();
  }
}

/** What Redis still holds of the last events before the position, for clients that come back to a new process. */
async function readRecent(
  reader: LogReader,
  topics: readonly string[],
  position: number,
): Promise<RecentEvents> {
  let from = Math.max(0, position - recentBounds.maxEvents);
  const recent = new RecentEvents(from, recentBounds);
  while (from < position) {
    const page = await reader
      .read({ filter: { topics }, after: from, upTo: position, limit: pageSize })
      .catch(refusalAsUndefined);
    // what Redis does not hold, or nobody any more, is not worth a wait at the start
    if (page?.source !== 'stream') return new RecentEvents(position, recentBounds);
    remember(recent, page);
    from = page.next;
  }
  return recent;
}

/** Retention has let go of what lies so far back. */
function refusalAsUndefined(error: unknown): undefined {
  if (!(error instanceof RetentionPassedError)) throw error;
}

function remember(recent: RecentEvents, { events, bytes }: LogPage): void {
  for (const event of events) recent.add(event, bytes / events.length);
}
