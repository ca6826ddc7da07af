import { type BulkJobOptions, type Job, Queue } from 'bullmq';
import { isDone } from './parts.ts';
import { report } from './report.ts';
import { isEventJob, isTwin, twinId } from './twins.ts';

interface NewJob {
  readonly name: string;
  readonly data: unknown;
  readonly opts?: BulkJobOptions;
}
interface Adds {
  readonly name: string;
  add(name: string, data: unknown, opts?: BulkJobOptions): Promise<Job>;
  addBulk(jobs: readonly NewJob[]): Promise<Job[]>;
}

/**
 * Adds a second job for every event that is enqueued: behind all that are added with it, or, in every other call, right
 * behind the first, so that both are likely to run at once. The caller sees its own jobs only.
 */
export function enqueueTwice(): void {
  const prototype = Queue.prototype as unknown as Adds;
  const { add, addBulk } = prototype;
  const calls = new WeakMap<Adds, number>();
  prototype.addBulk = async function (jobs) {
    if (!isDone('enqueue')) return addBulk.call(this, jobs);
    const call = calls.get(this) ?? 0;
    calls.set(this, call + 1);
    const twins = jobs.flatMap(twinOf);
    const all = call % 2 === 0 ? [...jobs, ...twins] : jobs.flatMap((job) => [job, ...twinOf(job)]);
    const added = await addBulk.call(this, all);
    if (twins.length > 0) report({ done: 'enqueued', queue: this.name, jobs: twins.length });
    return added.filter(({ id }) => !isTwin(id));
  };
  prototype.add = async function (name, data, opts) {
    const added = await add.call(this, name, data, opts);
    const [twin] = isDone('enqueue') ? twinOf({ name, data, ...(opts && { opts }) }) : [];
    if (twin) {
      await add.call(this, name, data, twin.opts);
      report({ done: 'enqueued', queue: this.name, jobs: 1 });
    }
    return added;
  };
}

function twinOf(job: NewJob): readonly NewJob[] {
  const jobId = job.opts?.jobId;
  return isEventJob(jobId) ? [{ ...job, opts: { ...job.opts, jobId: twinId(jobId) } }] : [];
}
