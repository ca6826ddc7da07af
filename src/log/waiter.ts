/** Many readers in one process wait for the log to go on over one blocked connection. */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { readLogRow } from '../outbox/log-row.ts';
import type { Logger } from '../platform/logger.ts';
import { startLoop } from '../platform/loop.ts';
import { logKeys } from './keys.ts';
import { waitForThrough } from './wait.ts';

export interface Waiter {
  /** Of the log that was there when it was last asked for, which is about a second ago; undefined before the first answer */
  readonly epoch: string | undefined;
  /**
   * Settles with true when the log may be published beyond `after`, or was replaced by another: the caller reads the log to
   * know. Settles with false when `maxMs` are over, or the signal is aborted.
   */
  wait(after: number, maxMs: number, signal: AbortSignal): Promise<boolean>;
  stop(): Promise<void>;
}

const blockMs = 1_000; // also how long a change of epoch can go unseen

export function startWaiter(options: {
  blocking: Redis;
  pool: Pool;
  logName: string;
  logger: Logger;
}): Waiter {
  const { blocking, pool, logName, logger } = options;
  const waiting = new Set<(news: boolean) => void>();
  const settleAll = (news: boolean) => {
    for (const settle of [...waiting]) settle(news);
  };
  let known: string | undefined;
  let through = 0;
  const loop = startLoop({
    name: 'log.waiter',
    logger,
    maxBackoffMs: 500,
    async turn() {
      const { epoch } = await readLogRow(pool);
      if (epoch !== known) {
        known = epoch;
        settleAll(true);
      }
      const keys = logKeys(logName, epoch);
      // blocks again and again within one look at the epoch
      const until = Date.now() + blockMs;
      while (Date.now() < until) {
        const newer = await waitForThrough(blocking, keys, through, blockMs);
        if (newer === undefined) break;
        through = newer;
        settleAll(true);
      }
      // Redis may have lost its memory and begun below what was seen
      const published = await blocking.hget(keys.meta, 'through');
      through = Number(published ?? 0);
      return published === null ? 100 : 0;
    },
  });
  return {
    get epoch() {
      return known;
    },
    wait: (after, maxMs, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve(false);
        if (through > after) return resolve(true);
        const settle = (news: boolean) => {
          clearTimeout(timer);
          waiting.delete(settle);
          signal.removeEventListener('abort', end);
          resolve(news);
        };
        const end = () => settle(false);
        const timer = setTimeout(end, maxMs);
        waiting.add(settle);
        signal.addEventListener('abort', end, { once: true });
      }),
    async stop() {
      blocking.disconnect();
      await loop.stop();
      settleAll(false);
    },
  };
}
