/** Reactions that a test declares, run in this process by the runners of production on real stores. */
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { defineEvent } from '../../src/events/define-event.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { queuePrefix } from '../../src/log/keys.ts';
import { openLogReader } from '../../src/log/reader.ts';
import { startWaiter } from '../../src/log/waiter.ts';
import { createOutbox, type Outbox, record } from '../../src/outbox/transaction.ts';
import { createIsolation } from '../../src/workers/isolation.ts';
import { createWorkerMetrics } from '../../src/workers/metrics.ts';
import type { QueueRunnerOptions } from '../../src/workers/queue-service.ts';
import type { Reaction } from '../../src/workers/reaction.ts';
import { registerConsumer } from '../../src/workers/register.ts';
import { runProcessor } from '../../src/workers/run-processor.ts';
import { runQueue } from '../../src/workers/run-queue.ts';
import type { Runner } from '../../src/workers/runner.ts';
import { createRelayWorld, logger, type RelayWorld } from '../relay/support.ts';
import { makeTables } from '../support/own-tables.ts';

export const poked = defineEvent('test.poked', z.object({ n: z.int() }), {
  topic: 'test',
  aggregateType: 'thing',
});

export interface WorkerWorld extends RelayWorld {
  readonly outbox: Outbox;
  /** Registers the reaction and runs it until the world ends, or it is stopped. */
  run(reaction: Reaction, options?: Pick<QueueRunnerOptions, 'owner'>): Promise<Runner>;
  /** Records a poke for each number, one transaction each, in this order. */
  poke(...numbers: readonly number[]): Promise<void>;
  /** The same, poke n of aggregate `thing-<n % count>`. */
  pokeAggregates(count: number, ...numbers: readonly number[]): Promise<void>;
  /** Jobs of an unordered consumer that are not settled yet */
  waitingJobs(consumer: string): Promise<number>;
  /** Adds a second job for each of the consumer's that wait, as after an answer that was lost. */
  addTwice(consumer: string): Promise<void>;
  /** What handlers wrote to the table `effect`, in the order in which they did */
  effects(): Promise<number[]>;
}

/** A relay world with both sinks running and a table for effects. What the runners log goes to the logger. */
export async function createWorkerWorld(workerLogger = logger): Promise<WorkerWorld> {
  await using setup = new AsyncDisposableStack();
  const world = setup.use(await createRelayWorld());
  const { pool, database, logName, server } = world;
  await makeTables(pool, 'CREATE TABLE effect (place bigserial PRIMARY KEY, n int NOT NULL)');
  const connect = () => {
    const redis = new Redis(server.url, { maxRetriesPerRequest: null });
    redis.on('error', () => {});
    setup.defer(() => redis.disconnect());
    return redis;
  };
  const [redis, queueRedis] = [connect(), connect()];
  const streams = setup.use(world.startStreams());
  const queues = setup.use(world.startQueues());
  const nudge = () => {
    streams.wake();
    queues.wake();
  };
  const outbox = createOutbox({ prisma: database.prisma, pool, nudge });
  const waiter = startWaiter({ blocking: connect(), pool, logName, logger });
  setup.defer(() => waiter.stop());
  const metrics = createWorkerMetrics(new Registry());
  const common = {
    outbox,
    pool,
    logger: workerLogger,
    metrics,
    clock: database.clock,
    application: 'test',
    databaseUrl: world.url,
    finishMs: 5_000,
    isolation: createIsolation(),
  };
  const opened: Queue[] = [];
  setup.defer(() => Promise.all(opened.map((queue) => queue.close())) as never);
  const queueOf = (consumer: string) => {
    const queue = new Queue(consumer, { connection: redis, prefix: queuePrefix(logName) });
    opened.push(queue);
    return queue;
  };
  const pokeAs = async (aggregateOf: (n: number) => number, numbers: readonly number[]) => {
    for (const n of numbers) {
      const event = { aggregateVersion: 1, occurredAt: new Date(), payload: { n } };
      await outbox.transaction(requestCause('test'), async (tx) =>
        record(tx, poked.of({ aggregateId: `thing-${aggregateOf(n)}`, ...event })),
      );
    }
  };
  const runners: Runner[] = [];
  setup.defer(() => Promise.all(runners.map((runner) => runner.stop())) as never);
  const owned = setup.move();

  return {
    ...world,
    outbox,
    async run(reaction, options) {
      await registerConsumer(pool, reaction, logger);
      const runner =
        reaction.kind === 'queue'
          ? runQueue(reaction, {
              ...common,
              ...options,
              ...{ redis: queueRedis, prefix: queuePrefix(logName), lockMs: 2_000 },
            })
          : runProcessor(reaction, {
              ...common,
              openReader: () => openLogReader({ redis, pool, logName, waiter }),
              wait: (after, signal) => waiter.wait(after, 100, signal),
            });
      runners.push(runner);
      return runner;
    },
    poke: (...numbers) => pokeAs((n) => n, numbers),
    pokeAggregates: (count, ...numbers) => pokeAs((n) => n % count, numbers),
    waitingJobs: (consumer) => queueOf(consumer).getJobCountByTypes('waiting', 'active', 'delayed'),
    async addTwice(consumer) {
      const queue = queueOf(consumer);
      for (const { name, data, id } of await queue.getJobs(['waiting'])) {
        await queue.add(name, data, { jobId: `${id}-again`, removeOnComplete: true });
      }
    },
    async effects() {
      const { rows } = await pool.query<{ n: number }>('SELECT n FROM effect ORDER BY place');
      return rows.map(({ n }) => n);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export const range = (count: number) => Array.from({ length: count }, (_, n) => n);
