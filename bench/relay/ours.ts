/** The relay's own sinks, with their default settings. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Counter, Registry } from 'prom-client';
import { queuePrefix } from '../../src/log/keys.ts';
import { oneShard } from '../../src/log/queue-shards.ts';
import { createJobs } from '../../src/relay/jobs.ts';
import { createRelayMetrics } from '../../src/relay/metrics.ts';
import { startQueueSink } from '../../src/relay/queue-sink.ts';
import { startStreamSink } from '../../src/relay/stream-sink.ts';
import type { Contestant } from './contestant.ts';
import { logger, logName, type RelayWorld } from './world.ts';

const pollMs = 50;
export const consumer = 'bench';

export function oursToStreams(events: number): Contestant {
  return {
    name: 'ours to streams',
    events,
    prepare: async (world) => async () => {
      const metrics = createRelayMetrics(new Registry());
      const sink = startStreamSink({ ...world, logName, logger, metrics, pollMs });
      await untilCounted(metrics.published, events);
      return () => sink.stop();
    },
  };
}

export function oursToQueues(events: number): Contestant {
  return {
    name: 'ours to queues',
    events,
    async prepare(world) {
      const { redis, queueBatchSize: batchSize } = world;
      await registerConsumer(world, events);
      return async () => {
        const metrics = createRelayMetrics(new Registry());
        const jobs = createJobs(redis, queuePrefix(logName));
        const jobsPerConsumer = Number.POSITIVE_INFINITY; // nobody takes them
        const options = {
          ...world,
          shards: oneShard(redis, logName),
          jobs,
          logName,
          logger,
          metrics,
          pollMs,
          batchSize,
          jobsPerConsumer,
        };
        const sink = startQueueSink(options);
        await untilCounted(metrics.enqueued, events);
        return async () => {
          await sink.stop();
          await jobs.close();
        };
      };
    },
  };
}

/** One queue consumer that wants every event of the backlog but the first ones, so that `events` are left. */
async function registerConsumer({ pool, backlog }: RelayWorld, events: number): Promise<void> {
  await pool.query(
    `INSERT INTO consumer (name, kind, types, topics, start_position, enqueued_position)
     VALUES ($1, 'QUEUE', '{video.*}', '{video}', $2, $2)`,
    [consumer, backlog - events],
  );
}

const lookMs = 1;
const patienceMs = 300_000;

/** The sink counts a batch when everything is done that belongs to it. Throws when the goal is never reached. */
async function untilCounted(counter: Counter, goal: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const counted = (await counter.get()).values[0]?.value ?? 0;
    if (counted >= goal) return;
    if (performance.now() > deadline) throw new Error(`only ${counted} of ${goal} events were relayed`);
    await delay(lookMs);
  }
}
