import { type JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { matchesType } from '../events/patterns.ts';
import type { OutboxRow } from '../outbox/read-outbox.ts';
import { addInChunks } from './add-in-chunks.ts';
import { removeHalves } from './half-jobs.ts';

/** What a job carries: the event as its handler will get it. */
export interface JobData {
  readonly position: number;
  /** JSON text of the Envelope */
  readonly envelope: string;
}

/**
 * Adds jobs for (consumer, event) pairs. Adding a pair whose job still exists changes nothing, and a job that somebody
 * has left by half is made whole.
 */
export interface Jobs {
  /** In the order of the rows, a few at a time. After a throw some may be there: the same call makes it all of them. */
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
      const queue = queueOf(consumer);
      await addInChunks(rows, (chunk) => addWhole(connection, queue, chunk.map(jobOf)));
      return rows.length;
    },
    addAgain: (consumer, data, jobId) =>
      addWhole(connection, queueOf(consumer), [{ name: 'redrive', data, opts: { ...options, jobId } }]),
    async setPaused(consumer, paused) {
      const queue = queueOf(consumer);
      if ((await queue.isPaused()) === paused) return;
      if (paused) await queue.pause();
      else await queue.resume();
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

interface NewJob {
  readonly name: string;
  readonly data: JobData;
  readonly opts: JobsOptions & { readonly jobId: string };
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
