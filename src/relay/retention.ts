/** Drops what the outbox need not keep any longer, and tells who it still waits for. */
import type { Pool } from 'pg';
import {
  type ClosedPartition,
  closePartitions,
  dropPartition,
  findExpired,
  type Retention,
  readHolders,
} from '../outbox/retention.ts';
import type { Logger } from '../platform/logger.ts';
import { type Loop, startLoop } from '../platform/loop.ts';
import type { RelayMetrics } from './metrics.ts';

export interface RetentionOptions {
  readonly pool: Pool;
  readonly logger: Logger;
  readonly metrics: RelayMetrics;
  readonly retention: Retention;
  /** Pause between looks, ms. Default 30000 */
  readonly lookMs?: number;
}

const busyMs = 1_000; // readers come and go: each attempt may cost a mutation 50 ms, so not at once

export function startRetention(options: RetentionOptions): Loop {
  const { pool, logger, metrics, retention, lookMs = 30_000 } = options;
  let told = '';

  const tellHolders = ({ name, upTo }: ClosedPartition, holders: readonly string[]) => {
    metrics.retentionHeld.reset();
    for (const by of holders) metrics.retentionHeld.set({ by }, 1);
    const message = `${name} ${holders.join(', ')}`;
    if (message !== told) logger.warn({ partition: name, upTo, holders }, 'relay.retention_held');
    told = message;
  };

  const turn = async () => {
    await closePartitions(pool);
    const expired = await findExpired(pool, retention);
    if (!expired) return lookMs;
    const holders = await readHolders(pool, expired);
    if (holders.length > 0) {
      tellHolders(expired, holders);
      return lookMs;
    }
    metrics.retentionHeld.reset();
    if ((await dropPartition(pool, expired)) === 'busy') return busyMs;
    metrics.droppedPartitions.inc();
    const { name, upTo, topics } = expired;
    logger.info({ partition: name, floor: upTo, topics }, 'relay.partition_dropped');
    return 0;
  };

  const loop = startLoop({ name: 'relay.retention', logger, turn });
  return {
    wake: loop.wake,
    async stop() {
      await loop.stop();
      metrics.retentionHeld.reset();
    },
  };
}
