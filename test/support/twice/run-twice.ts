import { AsyncLocalStorage } from 'node:async_hooks';
import { type Job, Worker } from 'bullmq';
import pg from 'pg';
import { isDone } from './parts.ts';
import { report } from './report.ts';
import { isEventJob, isTwin } from './twins.ts';

interface Runs {
  readonly name: string;
  callProcessJob(job: Job, token: string, signal?: AbortSignal): Promise<unknown>;
}

/**
 * Runs every job of an event twice: half of them after they have succeeded, as when BullMQ never learned of it, the
 * others at the same time, as when a lock ran out under a worker that lives. What the first run comes to counts. A job
 * that failed, was moved, or ended as a dead letter is not run again after that: it comes again by itself, or must not.
 */
export function runTwice(): void {
  const prototype = Worker.prototype as unknown as Runs;
  const { callProcessJob } = prototype;
  noticeDeadLetters();
  let jobs = 0;
  prototype.callProcessJob = async function (job, token, signal) {
    const run = (given: Job) => callProcessJob.call(this, given, token, signal);
    if (!isEventJob(job.id) && !isTwin(job.id)) return run(job);
    jobs += 1;
    const atOnce = jobs % 2 === 0 && isDone('run at once');
    if (!atOnce && !isDone('run again')) return run(job);
    const came = { deadLetter: false };
    const first = running.run(came, () => run(job));
    if (!atOnce) await first;
    if (came.deadLetter) return first;
    const [, second] = await Promise.allSettled([first, run(immovable(job))]);
    report({ done: 'ran', queue: this.name, how: atOnce ? 'at once' : 'after' });
    if (second.status === 'rejected') tellOfHarm(this.name, second.reason);
    return first;
  };
}

/** The job as a second worker has it, whose lock is gone: nothing that it does to the job counts. */
function immovable(job: Job): Job {
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(job)).filter((name) => moves.test(name));
  const copy = Object.assign(
    Object.create(job) as Job,
    Object.fromEntries(methods.map((name) => [name, async () => {}])),
  );
  copy.updateProgress = async (progress) => {
    copy.progress = progress;
  };
  return copy;
}

const moves = /^(moveTo|remove|update|retry|promote|changeDelay|changePriority|extendLock|log$)/;

/** What the first run of the job comes to, while it runs. */
const running = new AsyncLocalStorage<{ deadLetter: boolean }>();

function noticeDeadLetters(): void {
  const prototype = pg.Pool.prototype as unknown as { query(...args: unknown[]): unknown };
  const { query } = prototype;
  prototype.query = function (...args) {
    const run = running.getStore();
    if (run && /INSERT INTO dead_letter/.test(String(args[0]))) run.deadLetter = true;
    return query.apply(this, args);
  };
}

/** It fails like the first, or for an outage: no matter. That its rows were there already must not be found out by them. */
function tellOfHarm(queue: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (!/unique constraint|duplicate key/i.test(message)) return;
  report({ done: 'harm', what: `a job of ${queue} that ran twice began its effects twice: ${message}` });
}
