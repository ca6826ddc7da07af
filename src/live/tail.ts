/**
 * The tail of the log in this process: reads every event once, in order, and hands it to those who joined. It goes on
 * from its own position through any outage; what Redis forgot is read from the outbox.
 */
import { EpochChangedError, type LogPage, type LogReader } from '../log/reader.ts';
import type { Waiter } from '../log/waiter.ts';
import type { Logger } from '../platform/logger.ts';
import { startLoop } from '../platform/loop.ts';
import { type Subscriber, SubscriberIndex } from './subscriber-index.ts';

export interface TailSubscriber extends Subscriber {
  /** The log was replaced by another: nothing that follows has to do with what came before. */
  end(): void;
}

export interface Tail {
  /** Everything up to here has been handed out */
  readonly position: number;
  readonly epoch: string;
  readonly subscribers: number;
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
const waitMs = 1_000;

/** Starts at the end of the log. */
export async function startTail(options: TailOptions): Promise<Tail> {
  const { openReader, waiter, topics, logger } = options;
  const index = new SubscriberIndex();
  const joined = new Set<TailSubscriber>();
  let reader = await openReader();
  let position = await reader.through();

  const startAnew = async () => {
    logger.error({ epoch: reader.epoch }, 'tail.log_replaced');
    reader = await openReader();
    position = await reader.through();
    for (const subscriber of [...joined]) subscriber.end();
  };

  const readPage = async (): Promise<LogPage | undefined> => {
    try {
      return await reader.read({ filter: { topics }, after: position, limit: pageSize });
    } catch (error) {
      if (!(error instanceof EpochChangedError)) throw error;
      await startAnew();
      return undefined;
    }
  };

  const loop = startLoop({
    name: 'live.tail',
    logger,
    maxBackoffMs: 500,
    async turn(signal) {
      const page = await readPage();
      if (!page) return 0;
      for (const event of page.events) index.deliver(event);
      if (page.next > position) position = page.next;
      else await waiter.wait(position, waitMs, signal);
      return 0;
    },
  });

  return {
    get position() {
      return position;
    },
    get epoch() {
      return reader.epoch;
    },
    get subscribers() {
      return joined.size;
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
