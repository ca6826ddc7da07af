/**
 * The relay: one leads, others stand by. The leader makes its database the owner of the log in Redis, and as that runs a sink
 * for streams and one for queues, each on its own.
 */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { nudgeChannel } from '../log/keys.ts';
import type { QueueShards } from '../log/queue-shards.ts';
import { countParked } from '../outbox/parked.ts';
import { ensurePartitions } from '../outbox/partitions.ts';
import { defaultRetention, type Retention } from '../outbox/retention.ts';
import { aborted } from '../platform/aborted.ts';
import { holdLease } from '../platform/lease.ts';
import type { Logger } from '../platform/logger.ts';
import { type Loop, startLoop } from '../platform/loop.ts';
import { forgetKeys } from './forget-keys.ts';
import { startHorizonWatch } from './horizon-watch.ts';
import { createShardedJobs } from './jobs.ts';
import { startMemoryPressure } from './memory-pressure.ts';
import type { RelayMetrics } from './metrics.ts';
import { holdOwnership } from './ownership.ts';
import { startQueueSink } from './queue-sink.ts';
import { startRetention } from './retention.ts';
import { startStreamSink } from './stream-sink.ts';

export interface RelayOptions {
  readonly databaseUrl: string;
  /** Names this relay in pg_stat_activity and as leader */
  readonly application: string;
  readonly pool: Pool;
  /** Commands of the stream sink */
  readonly redis: Redis;
  /** To where the owner is told, when that is not where the log is. Default: `redis` */
  readonly ownerRedis?: Redis;
  /** Where the queue sink adds jobs, over other connections, so that neither waits behind the other */
  readonly shards: QueueShards;
  /** In subscriber mode, for nudges */
  readonly nudges: Redis;
  readonly logName: string;
  readonly topics: readonly string[];
  readonly logger: Logger;
  readonly metrics: RelayMetrics;
  readonly pollMs: number;
  readonly batchSize: number;
  readonly queueBatchSize: number;
  /** How many jobs of a consumer Redis holds, give or take a batch. Default 10,000 */
  readonly jobsPerConsumer?: number;
  readonly streamMaxLength: number;
  /** The event types that this code knows; an event of none that any process knows is parked. Default: no check */
  readonly types?: readonly string[];
  /** Default: 7 days */
  readonly retention?: Retention;
  /** How many days idempotency keys are kept at least. Default 30 */
  readonly keyDays?: number;
  /** Positions per partition of the outbox. Default 1,000,000 */
  readonly partitionSize?: number;
}

export interface Relay {
  readonly leading: boolean;
  stop(): Promise<void>;
}

/** Starts to stand by, and leads as soon as nobody else does. Throws when a retention names a topic that there is not. */
export function startRelay(options: RelayOptions): Relay {
  for (const topic of options.retention?.topicDays.keys() ?? []) {
    if (!options.topics.includes(topic))
      throw new Error(`retention is set for topic "${topic}", which no event has`);
  }
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
  const { pool, redis, shards, nudges, logName, logger, metrics, batchSize, queueBatchSize } = options;
  const { retention = defaultRetention, keyDays = 30 } = options;
  const jobs = createShardedJobs(shards);
  let sinks: readonly Loop[] = [];
  const ownership = holdOwnership({
    ...options,
    redis: options.ownerRedis ?? redis,
    whileOwned() {
      const pressure = startMemoryPressure({
        ...options,
        ...(shards.areSplit ? {} : { redis: shards.of('any').redis }), // apart from what publishes
        others: () => (shards.areSplit ? shards.opened.map((shard) => shard.redis) : []),
      });
      const queues = { ...options, pressure, jobs, batchSize: queueBatchSize };
      sinks = [startStreamSink({ ...options, redis, batchSize }), startQueueSink(queues)];
      const loops = [...sinks, pressure];
      return { stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))) };
    },
  });
  const horizon = startHorizonWatch(options);
  const upkeep = startLoop({
    name: 'relay.upkeep',
    logger,
    turn: async () => {
      await ensurePartitions(pool, options.partitionSize);
      metrics.parkedEvents.set(await countParked(pool));
      await forgetKeys(pool, keyDays);
      return upkeepMs;
    },
  });
  const dropping = startRetention({ pool, logger, metrics, retention });
  const wake = () => {
    for (const sink of sinks) sink.wake();
  };
  nudges.on('message', wake);
  // not waited for: it settles when Redis is there, and until then costs latency only, as the sinks poll too
  nudges.subscribe(nudgeChannel(logName)).catch(() => {});
  metrics.leading.set(1);
  await aborted(signal);
  metrics.leading.set(0);
  nudges.off('message', wake);
  const loops = [ownership, horizon, upkeep, dropping];
  await Promise.all(loops.map((loop) => loop.stop()));
  await jobs.close();
}

const upkeepMs = 10_000;
