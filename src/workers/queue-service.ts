/** What serving a reaction's queues has in common, be there one or a lane for each key. */
import { DelayedError, type Job, WaitingError, Worker, type WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import type { OwnerWatch } from '../log/owner-watch.ts';
import { logged } from '../platform/failures/text.ts';
import type { Delivery, JobData } from './delivery.ts';
import type { Isolation } from './isolation.ts';
import { noteProgress, progressOf } from './job-progress.ts';
import type { QueueReaction } from './reaction.ts';
import type { RunnerOptions } from './runner.ts';
import type { Stopping } from './stopping.ts';
import { createStormGuard } from './storm-guard.ts';

export interface QueueRunnerOptions extends RunnerOptions {
  /** Waits for Redis instead of failing; shared by the workers of a process */
  readonly redis: Redis;
  readonly prefix: string;
  /** How long a job stays with a worker that says nothing, in ms: a killed worker's job runs again after this */
  readonly lockMs: number;
  /** Time for the work in hand once it stops, ms */
  readonly finishMs: number;
  /** Of the process */
  readonly isolation: Isolation;
  /** Default: the jobs are always those of this database */
  readonly owner?: Pick<OwnerWatch, 'isOurs' | 'looksOurs' | 'follow'>;
}

/** What the queues of a reaction are served with. */
export interface Service {
  readonly reaction: QueueReaction;
  readonly options: QueueRunnerOptions;
  readonly stopping: Stopping;
  /** Why the event must not be handled at all; undefined when it may be */
  objection(job: Job<JobData>, delivery: Delivery): string | undefined;
}

/** A BullMQ worker of the reaction, on this queue. */
export function openWorker(
  { options }: Service,
  queue: string,
  run: (job: Job<JobData>, token: string) => Promise<void>,
  own: Partial<WorkerOptions>,
): Worker<JobData> {
  const { redis, prefix, lockMs, logger, owner } = options;
  const runOurs = (job: Job<JobData>, token: string) =>
    owner?.isOurs === false ? putBack(job, token) : run(job, token);
  const worker = new Worker<JobData>(queue, (job, token) => runOurs(job, token!), {
    connection: redis,
    prefix,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: 1_000_000, // `objection` bounds them
    drainDelay: 2,
    autorun: owner === undefined,
    ...own,
  });
  worker.on('error', (error) => logger.warn({ consumer: queue, ...logged(error) }, 'worker.error'));
  const unfollow = owner?.follow((isOurs) => {
    if (!isOurs) void worker.pause(true);
    else if (worker.isRunning() || worker.isPaused()) void worker.resume();
    else worker.run().catch((error) => worker.emit('error', error));
  });
  if (unfollow) worker.once('closing', unfollow);
  return worker;
}

/** Taken in the moment in which the jobs became another database's: it is as if it had not been. */
async function putBack(job: Job<JobData>, token: string): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

/** Leaves the job to whoever comes first after a while, behind those that wait, without an attempt. */
export async function giveBack(
  { options }: Pick<Service, 'options'>,
  job: Job<JobData>,
  token: string,
  ms: number,
): Promise<never> {
  // each worker takes up again what is due by its own clock: the earlier of both is late nowhere
  const now = Math.min(Date.now(), options.clock.now().getTime());
  await job.moveToDelayed(now + ms, token);
  throw new DelayedError();
}

/** How long an event is left alone that the relay has out of the log. */
export const parkedMs = 1_000;

/** Makes `Service.objection`. */
export function createObjection(reaction: QueueReaction): Service['objection'] {
  const guard = createStormGuard(reaction);
  const { starts = 50 } = reaction;
  return (job, { event, redriven }) => {
    const { crashes } = progressOf(job);
    if (crashes >= starts)
      return `CRASHES: its worker ended ${crashes} times while it handled just this event`;
    return redriven ? undefined : guard.reason(event);
  };
}

/**
 * Runs what may end its process with nothing else that may, and counts that it was begun: a worker that is killed from
 * outside uses up no attempt, and a job that crashes its process looks the same, but for how often.
 */
export function runAlone<Result>(
  { options }: Service,
  job: Job<JobData>,
  work: () => Promise<Result>,
): Promise<Result> {
  return options.isolation(async () => {
    const { crashes } = progressOf(job);
    await noteProgress(job, { crashes: crashes + 1 });
    try {
      return await work();
    } finally {
      await noteProgress(job, { crashes }).catch(() => {}); // it came back
    }
  });
}
