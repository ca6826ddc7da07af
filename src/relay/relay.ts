/** The relay: one leads, others stand by. The leader runs a sink for streams and one for queues, each on its own. */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { nudgeChannel, queuePrefix } from '../log/keys.ts';
import { ensurePartitions } from '../outbox/partitions.ts';
import { aborted } from '../platform/aborted.ts';
import { holdLease } from '../platform/lease.ts';
import type { Logger } from '../platform/logger.ts';
import { startLoop } from '../platform/loop.ts';
import { createJobs } from './jobs.ts';
import type { RelayMetrics } from './metrics.ts';
import { startQueueSink } from './queue-sink.ts';
import { startStreamSink } from './stream-sink.ts';

export interface RelayOptions {
  readonly databaseUrl: string;
  /** Names this relay in pg_stat_activity and as leader */
  readonly application: string;
  readonly pool: Pool;
  /** Commands of the stream sink */
  readonly redis: Redis;
  /** Commands of the queue sink, apart so that neither waits behind the other */
  readonly queueRedis: Redis;
  /** In subscriber mode, for nudges */
  readonly nudges: Redis;
  readonly logName: string;
  readonly topics: readonly string[];
  readonly logger: Logger;
  readonly metrics: RelayMetrics;
  readonly pollMs: number;
  readonly batchSize: number;
  readonly queueBatchSize: number;
  readonly streamMaxLength: number;
}

export interface Relay {
  readonly leading: boolean;
  stop(): Promise<void>;
}

/** Starts to stand by, and leads as soon as nobody else does. */
export function startRelay(options: RelayOptions): Relay {
  const lease = holdLease({
    url: options.databaseUrl,
    name: `relay:${options.logName}`,
    application: options.application,
    logger: options.logger,
    whileHeld: (signal) => lead(options, signal),
  });
  return {
    get leading() {
      return lease.held;
    },
    stop: () => lease.stop(),
  };
}

async function lead(options: RelayOptions, signal: AbortSignal): Promise<void> {
  const { pool, redis, queueRedis, nudges, logName, logger, metrics, batchSize, queueBatchSize } = options;
  const jobs = createJobs(queueRedis, queuePrefix(logName));
  const streams = startStreamSink({ ...options, redis, batchSize });
  const queues = startQueueSink({ ...options, jobs, redis: queueRedis, batchSize: queueBatchSize });
  const partitions = startLoop({
    name: 'relay.partitions',
    logger,
    turn: async () => {
      await ensurePartitions(pool);
      return partitionsMs;
    },
  });
  const wake = () => {
    streams.wake();
    queues.wake();
  };
  nudges.on('message', wake);
  // a lost subscription costs latency only: the sinks poll too
  await nudges.subscribe(nudgeChannel(logName)).catch(() => {});
  metrics.leading.set(1);
  await aborted(signal);
  metrics.leading.set(0);
  nudges.off('message', wake);
  await Promise.all([streams.stop(), queues.stop(), partitions.stop()]);
  await jobs.close();
}

const partitionsMs = 10_000;
