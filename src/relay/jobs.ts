import { type JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { matchesType } from '../events/patterns.ts';
import type { OutboxRow } from '../outbox/read-outbox.ts';

/** What a job carries: the event as its handler will get it. */
export interface JobData {
  readonly position: number;
  /** JSON text of the Envelope */
  readonly envelope: string;
}

/** Adds jobs for (consumer, event) pairs. Adding a pair whose job still exists changes nothing. */
export interface Jobs {
  add(consumer: string, rows: readonly OutboxRow[]): Promise<number>;
  /** A job under another id, for an event whose dead letter is sent again. */
  addAgain(consumer: string, data: JobData, jobId: string): Promise<void>;
  setPaused(consumer: string, paused: boolean): Promise<void>;
  close(): Promise<void>;
}

// The worker decides when an event's attempts are used up and makes a dead letter of it: BullMQ must never give up.
const options: JobsOptions = {
  attempts: 1_000_000,
  backoff: { type: 'custom' },
  removeOnComplete: true,
};

export function createJobs(connection: Redis, prefix: string): Jobs {
  const queues = new Map<string, Queue<JobData>>();
  const queueOf = (consumer: string) => {
    let queue = queues.get(consumer);
    if (!queue) {
      queue = new Queue<JobData>(consumer, { connection, prefix, skipMetasUpdate: true });
      // failures reach the caller through the call itself
      queue.on('error', () => {});
      queues.set(consumer, queue);
    }
    return queue;
  };
  return {
    async add(consumer, rows) {
      if (rows.length === 0) return 0;
      await queueOf(consumer).addBulk(
        rows.map(({ type, id, position, envelope }) => ({
          name: type,
          data: { position, envelope },
          opts: { ...options, jobId: id },
        })),
      );
      return rows.length;
    },
    async addAgain(consumer, data, jobId) {
      await queueOf(consumer).add('redrive', data, { ...options, jobId });
    },
    async setPaused(consumer, paused) {
      if (paused) await queueOf(consumer).pause();
      else await queueOf(consumer).resume();
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

/** The rows that a consumer wants. */
export function rowsFor(
  consumer: { readonly types: readonly string[] },
  rows: readonly OutboxRow[],
): readonly OutboxRow[] {
  return rows.filter((row) => matchesType(consumer.types, row.type));
}
