import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { DomainError } from '../platform/errors.ts';

/** The consumers' queues as operators see them. All methods throw UNAVAILABLE while Redis is away. */
export interface Queues {
  /** What an event's job has come to; undefined when there is no job. */
  job(consumer: string, eventId: string): Promise<JobState | undefined>;
  counts(consumer: string): Promise<JobCounts>;
  /** The ids of events that wait, run or are delayed; the oldest are among them. */
  oldestEventIds(consumer: string): Promise<readonly string[]>;
  setPaused(consumer: string, paused: boolean): Promise<void>;
  /** Removes the queue with all its jobs; gives whether there was one. */
  remove(consumer: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface JobState {
  /** Attempts that have ended */
  readonly attempts: number;
  /** What the last attempt failed with */
  readonly error: string | undefined;
}

export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
}

const unhandled = ['waiting', 'active', 'delayed', 'prioritized'] as const;
const uuidLength = 36; // a redriven event's job id goes on after it

/** `prefix` is the one under which the relay adds jobs; the connection is shared, and stays open at `close`. */
export function createQueues(connection: Redis, prefix: string): Queues {
  const queues = new Map<string, Queue>();
  const queueOf = (consumer: string) => {
    let queue = queues.get(consumer);
    if (!queue) {
      queue = new Queue(consumer, { connection, prefix, skipMetasUpdate: true });
      // failures reach the caller through the call itself
      queue.on('error', () => {});
      queues.set(consumer, queue);
    }
    return queue;
  };
  return {
    async job(consumer, eventId) {
      const job = await answered(queueOf(consumer).getJob(eventId));
      return job && { attempts: job.attemptsMade, error: job.failedReason || undefined };
    },
    async counts(consumer) {
      const counts = await answered(queueOf(consumer).getJobCounts(...unhandled));
      const { waiting = 0, prioritized = 0, active = 0, delayed = 0 } = counts;
      return { waiting: waiting + prioritized, active, delayed };
    },
    async oldestEventIds(consumer) {
      const ids = await answered(queueOf(consumer).getRanges([...unhandled], 0, 99, true));
      return ids.map((id) => id.slice(0, uuidLength));
    },
    async setPaused(consumer, paused) {
      await answered(paused ? queueOf(consumer).pause() : queueOf(consumer).resume());
    },
    async remove(consumer) {
      const queue = queueOf(consumer);
      const existed = (await answered(connection.exists(queue.keys.id ?? '', queue.keys.meta ?? ''))) > 0;
      await answered(queue.obliterate({ force: true }));
      return existed;
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

/** The answer of Redis, or UNAVAILABLE. */
export async function answered<Answer>(request: Promise<Answer>): Promise<Answer> {
  return request.catch((cause: unknown) => {
    throw new DomainError('UNAVAILABLE', 'Redis does not answer. Try again.', { retryable: true, cause });
  });
}
