/** Many readers in one process wait for the log to go on over one blocked connection. */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { readLogRow } from '../outbox/log-row.ts';
import type { Logger } from '../platform/logger.ts';
import { startLoop } from '../platform/loop.ts';
import { logKeys } from './keys.ts';
import { waitForThrough } from './wait.ts';

export interface Waiter {
  /**
   * Settles when the log may be published beyond `after`, when `maxMs` are over, or when the signal is aborted. It may
   * settle for nothing: the caller reads the log to know.
   */
  wait(after: number, maxMs: number, signal: AbortSignal): Promise<void>;
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
  const waiting = new Set<() => void>();
  let through = 0;
  const loop = startLoop({
    name: 'log.waiter',
    logger,
    maxBackoffMs: 500,
    async turn() {
      const { epoch } = await readLogRow(pool);
      const keys = logKeys(logName, epoch);
      // blocks again and again within one look at the epoch
      const until = Date.now() + blockMs;
      while (Date.now() < until) {
        const newer = await waitForThrough(blocking, keys, through, blockMs);
        if (newer === undefined) break;
        through = newer;
        for (const settle of [...waiting]) settle();
      }
      // Redis may have lost its memory and begun below what was seen
      const known = await blocking.hget(keys.meta, 'through');
      through = Number(known ?? 0);
      return known === null ? 100 : 0;
    },
  });
  return {
    wait: (after, maxMs, signal) =>
      new Promise((resolve) => {
        if (through > after || signal.aborted) return resolve();
        const settle = () => {
          clearTimeout(timer);
          waiting.delete(settle);
          signal.removeEventListener('abort', settle);
          resolve();
        };
        const timer = setTimeout(settle, maxMs);
        waiting.add(settle);
        signal.addEventListener('abort', settle, { once: true });
      }),
    async stop() {
      blocking.disconnect();
      await loop.stop();
      for (const settle of [...waiting]) settle();
    },
  };
}
