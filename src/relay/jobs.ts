import { type JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { matchesType } from '../events/patterns.ts';
import { type Lanes, queueNames } from '../log/queue-names.ts';
import type { QueueShard, QueueShards } from '../log/queue-shards.ts';
import type { OutboxRow } from '../outbox/read-outbox.ts';
import { addInChunks } from './add-in-chunks.ts';
import { removeHalves } from './half-jobs.ts';
import type { JobData, JobsConsumer, NewJob } from './job.ts';
import { createLanes, type LaneKeeper } from './lanes.ts';

export type { JobData, JobsConsumer } from './job.ts';

/**
 * Adds jobs for (consumer, event) pairs. Adding a pair whose job still exists changes nothing, and a job that somebody
 * has left by half is made whole. What is added for a consumer that keeps events in order goes to its lanes, and may throw
 * LanesLostError.
 */
export interface Jobs {
  /**
   * In the order of the rows, a few at a time: every event for the consumer up to `upTo`, or up to the last of them. After
   * a throw some may be there: the same call makes it all of them.
   */
  add(consumer: JobsConsumer, rows: readonly OutboxRow[], upTo?: number): Promise<number>;
  /** A job under another id, for an event whose dead letter is sent again. */
  addAgain(consumer: JobsConsumer, data: JobData, jobId: string): Promise<void>;
  setPaused(consumer: Lanes, paused: boolean): Promise<void>;
  /** How many of its jobs wait, delayed ones included. */
  count(consumer: Lanes): Promise<number>;
  /** Removes every job that waits in a queue for its first attempt. */
  removeWaiting(queue: string): Promise<void>;
  readonly lanes: LaneKeeper;
  close(): Promise<void>;
}

// The worker decides when an event's attempts are used up and makes a dead letter of it: BullMQ must never give up.
const options: JobsOptions = {
  attempts: 1_000_000,
  backoff: { type: 'custom' },
  removeOnComplete: true,
  stackTraceLimit: 1, // what is kept of its failures must not grow with them
};

export function createJobs(connection: Redis, prefix: string): Jobs {
  const queues = new Map<string, Queue<JobData>>();
  const queueOf = (name: string) => {
    let queue = queues.get(name);
    if (!queue) {
      queue = new Queue<JobData>(name, { connection, prefix, skipMetasUpdate: true });
      // failures reach the caller through the call itself
      queue.on('error', () => {});
      queues.set(name, queue);
    }
    return queue;
  };
  const lanes = createLanes(connection, queueOf);
  const addToLanes = async (consumer: JobsConsumer, rows: readonly OutboxRow[], upTo: number) => {
    let from = consumer.enqueuedPosition ?? -1;
    const addNext = (chunk: readonly OutboxRow[], to: number) => {
      const reach = { from, to };
      from = Math.max(from, to);
      return lanes.add(consumer, chunk.map(jobOf), reach);
    };
    const last = rows.at(-1);
    if (!last) return addNext([], upTo);
    await addInChunks(
      rows,
      (chunk) => addNext(chunk, chunk.at(-1) === last ? upTo : chunk.at(-1)!.position),
      1, // one that fails must not be overtaken
    );
  };
  return {
    lanes,
    async add(consumer, rows, upTo = rows.at(-1)?.position ?? -1) {
      if (consumer.lanes > 0) {
        await addToLanes(consumer, rows, upTo);
      } else if (rows.length > 0) {
        const queue = queueOf(consumer.name);
        await addInChunks(rows, (chunk) => addWhole(connection, queue, chunk.map(jobOf)));
      }
      return rows.length;
    },
    addAgain(consumer, data, jobId) {
      const job = { name: 'redrive', data, opts: { ...options, jobId } };
      if (consumer.lanes === 0) return addWhole(connection, queueOf(consumer.name), [job]);
      return lanes.add(consumer, [job], { from: consumer.enqueuedPosition ?? -1, to: undefined });
    },
    async setPaused(consumer, paused) {
      await Promise.all(
        queueNames(consumer).map(async (name) => {
          const queue = queueOf(name);
          if ((await queue.isPaused()) === paused) return;
          if (paused) await queue.pause();
          else await queue.resume();
        }),
      );
    },
    async count(consumer) {
      const counts = await Promise.all(
        queueNames(consumer).map((name) => queueOf(name).getJobCountByTypes('waiting', 'delayed')),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },
    async removeWaiting(name) {
      const queue = queueOf(name);
      while (Number(await connection.eval(removeWaitingScript, 1, queue.keys.wait!, queue.toKey(''))) > 0);
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

// the newest first, some at a time; a job that was redriven stays with its dead letter, and comes again too
const removeWaitingScript = `
local waiting = redis.call('LRANGE', KEYS[1], 0, 999)
for _, id in ipairs(waiting) do redis.call('DEL', ARGV[1] .. id) end
if #waiting > 0 then redis.call('LTRIM', KEYS[1], #waiting, -1) end
return #waiting`;

/** Jobs whose consumers' queues are each in its shard. */
export function createShardedJobs(shards: QueueShards): Jobs {
  const opened = new Map<QueueShard, Jobs>();
  const of = ({ name }: Pick<JobsConsumer, 'name'>) => {
    const shard = shards.of(name);
    return opened.getOrInsertComputed(shard, () => createJobs(shard.redis, shard.prefix));
  };
  return {
    add: (consumer, ...rest) => of(consumer).add(consumer, ...rest),
    addAgain: (consumer, ...rest) => of(consumer).addAgain(consumer, ...rest),
    setPaused: (consumer, paused) => of(consumer).setPaused(consumer, paused),
    count: (consumer) => of(consumer).count(consumer),
    removeWaiting: (queue) => of({ name: queue }).removeWaiting(queue),
    lanes: {
      add: (consumer, ...rest) => of(consumer).lanes.add(consumer, ...rest),
      areWhole: (consumer) => of(consumer).lanes.areWhole(consumer),
      shut: (consumer) => of(consumer).lanes.shut(consumer),
      reopen: (consumer, ...rest) => of(consumer).lanes.reopen(consumer, ...rest),
    },
    async close() {
      await Promise.all(Array.from(opened.values(), (jobs) => jobs.close()));
    },
  };
}

const jobOf = ({ type, id, position, envelope }: OutboxRow): NewJob => ({
  name: type,
  data: { position, envelope },
  opts: { ...options, jobId: id },
});

/**
 * Whoever left a half, and however long ago: a job that is there before it is added is looked at. Asking costs no turn
 * of its own, as it goes to Redis together with the jobs, ahead of them.
 */
async function addWhole(redis: Redis, queue: Queue<JobData>, jobs: NewJob[]): Promise<void> {
  const ids = jobs.map(({ opts }) => opts.jobId);
  // what a lost connection left unanswered is sent again, and then takes a half of the first time for a job
  let sentAgain = false;
  const onClose = () => {
    sentAgain = true;
  };
  redis.once('close', onClose);
  const [existed] = await Promise.all([
    redis.exists(...ids.map((id) => queue.toKey(id))),
    queue.addBulk(jobs),
  ]).finally(() => redis.off('close', onClose));
  if (existed === 0 && !sentAgain) return; // as nearly always
  const halves = new Set(await removeHalves(redis, queue, ids));
  if (halves.size > 0) await queue.addBulk(jobs.filter(({ opts }) => halves.has(opts.jobId)));
}

/** The rows that a consumer wants. */
export function rowsFor(
  consumer: { readonly types: readonly string[] },
  rows: readonly OutboxRow[],
): readonly OutboxRow[] {
  return rows.filter((row) => matchesType(consumer.types, row.type));
}
