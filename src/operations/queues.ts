import { type Job, Queue, QueueKeys } from 'bullmq';
import type { Redis } from 'ioredis';
import type { LogEvent } from '../events/envelope.ts';
import { orderingKey } from '../events/ordering.ts';
import { placeOf } from '../log/place-of.ts';
import { type Lanes, laneName, queueNames } from '../log/queue-names.ts';
import type { QueueShard, QueueShards } from '../log/queue-shards.ts';
import { DomainError } from '../platform/errors.ts';

/**
 * The consumers' queues as operators see them: one for each, or its lanes taken together. All methods throw UNAVAILABLE
 * while Redis is away.
 */
export interface Queues {
  /** What the event's job has come to, or that of its redrive of this number; undefined when there is no job. */
  job(consumer: OrderedLanes, event: LogEvent, redrives?: number): Promise<JobState | undefined>;
  counts(consumer: Lanes): Promise<JobCounts>;
  /** The ids of events that wait, run or are delayed; the oldest are among them. */
  oldestEventIds(consumer: Lanes): Promise<readonly string[]>;
  setPaused(consumer: Lanes, paused: boolean): Promise<void>;
  /** Removes every queue of this consumer with all its jobs; gives whether there was one. */
  remove(consumer: string): Promise<boolean>;
  close(): Promise<void>;
}

/** A consumer's lanes, and what its events are spread over them by; null when it keeps no order. */
export interface OrderedLanes extends Lanes {
  readonly orderedBy: string | null;
}

export interface JobState {
  /** Attempts that have failed */
  readonly attempts: number;
  /** What the last attempt failed with, with its stack: for operators */
  readonly error: string | undefined;
  /** Since when a worker has had it; undefined while none has */
  readonly startedAt: Date | undefined;
}

export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
}

const unhandled = ['waiting', 'active', 'delayed', 'prioritized'] as const;
const uuidLength = 36; // a redriven event's job id goes on after it
const oldestCount = 100; // of each state: workers take the oldest first
const mostLanes = 1_024; // more than anybody has: each is a queue with a worker of its own

/** `prefix` is the one under which the relay adds jobs; the connection is shared, and stays open at `close`. */
export function createQueues(connection: Redis, prefix: string): Queues {
  const queues = new Map<string, Queue>();
  const queueOf = (name: string) => {
    let queue = queues.get(name);
    if (!queue) {
      queue = new Queue(name, { connection, prefix, skipMetasUpdate: true });
      // failures reach the caller through the call itself
      queue.on('error', () => {});
      queues.set(name, queue);
    }
    return queue;
  };
  const ofAll = <Answer>(consumer: Lanes, ask: (queue: Queue) => Promise<Answer>) =>
    answered(Promise.all(queueNames(consumer).map((name) => ask(queueOf(name)))));
  return {
    async job(consumer, event, redrives) {
      const id = redrives === undefined ? event.id : `${event.id}-r${redrives}`;
      const job: Job | undefined = await answered(queueOf(queueNameOf(consumer, event)).getJob(id));
      return job && answered(toState(job));
    },
    async counts(consumer) {
      const all = await ofAll(consumer, (queue) => queue.getJobCounts(...unhandled));
      const sum = (state: string) => all.reduce((total, counts) => total + (counts[state] ?? 0), 0);
      return { waiting: sum('waiting') + sum('prioritized'), active: sum('active'), delayed: sum('delayed') };
    },
    async oldestEventIds(consumer) {
      const last = Math.ceil(oldestCount / Math.max(1, consumer.lanes)) - 1;
      const ids = await ofAll(consumer, (queue) => queue.getRanges([...unhandled], 0, last, true));
      return ids.flat().map((id) => id.slice(0, uuidLength));
    },
    async setPaused(consumer, paused) {
      await ofAll(consumer, (queue) => (paused ? queue.pause() : queue.resume()));
    },
    async remove(consumer) {
      // also those of one whose row is gone, and with it the number of its lanes
      const names = [consumer, ...queueNames({ name: consumer, lanes: mostLanes })];
      const keys = new QueueKeys(prefix);
      const counts = await answered(
        Promise.all(
          names.map((name) =>
            connection.exists(['id', 'meta', 'events'].map((key) => keys.toKey(name, key))),
          ),
        ),
      );
      const found = names.filter((_, at) => counts[at]! > 0);
      await answered(Promise.all(found.map((name) => queueOf(name).obliterate({ force: true }))));
      return found.length > 0;
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

/** The queues of consumers that are each in its shard. */
export function createShardedQueues(shards: QueueShards): Queues {
  const opened = new Map<QueueShard, Queues>();
  const of = (consumer: string) => {
    const shard = shards.of(consumer);
    return opened.getOrInsertComputed(shard, () => createQueues(shard.redis, shard.prefix));
  };
  return {
    job: (consumer, ...rest) => of(consumer.name).job(consumer, ...rest),
    counts: (consumer) => of(consumer.name).counts(consumer),
    oldestEventIds: (consumer) => of(consumer.name).oldestEventIds(consumer),
    setPaused: (consumer, paused) => of(consumer.name).setPaused(consumer, paused),
    remove: (consumer) => of(consumer).remove(consumer),
    async close() {
      await Promise.all(Array.from(opened.values(), (queues) => queues.close()));
    },
  };
}

function queueNameOf({ name, lanes, orderedBy }: OrderedLanes, event: LogEvent): string {
  if (lanes === 0 || orderedBy === null) return name;
  return laneName(name, placeOf(orderingKey(event, orderedBy), lanes));
}

async function toState(job: Job): Promise<JobState> {
  // the time of the last start stays with a job that waits for its next attempt
  const isActive = job.processedOn !== undefined && (await job.isActive());
  return { ...failuresOf(job), startedAt: isActive ? new Date(job.processedOn!) : undefined };
}

/** A worker that tries again while it keeps the job notes the failures as the job's progress. */
function failuresOf({ progress, attemptsMade, failedReason }: Job): Pick<JobState, 'attempts' | 'error'> {
  if (typeof progress !== 'object') return { attempts: attemptsMade, error: failedReason || undefined };
  const { attempts, error } = progress as { readonly attempts?: number; readonly error?: string };
  return { attempts: attempts ?? attemptsMade, error: error ?? (failedReason || undefined) };
}

/** The answer of Redis, or UNAVAILABLE. */
export async function answered<Answer>(request: Promise<Answer>): Promise<Answer> {
  return request.catch((cause: unknown) => {
    throw new DomainError('UNAVAILABLE', 'Redis does not answer. Try again.', { retryable: true, cause });
  });
}
