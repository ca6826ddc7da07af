import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { isTwin } from './twins.ts';

/**
 * Who looks into a queue, or counts its jobs, sees what there would be otherwise. A worker, who asks for a part of a
 * queue, sees it all.
 */
export function lookPastTwins(): void {
  const { getJobs, getJobCounts } = Queue.prototype;
  Queue.prototype.getJobs = async function (...args) {
    const jobs = await getJobs.apply(this, args);
    return args.length > 1 ? jobs : jobs.filter(({ id }) => !isTwin(id));
  };
  Queue.prototype.getJobCounts = async function (...types) {
    const counts = Object.entries(await getJobCounts.apply(this, types));
    const own = counts.map(async ([type, count]) => {
      const ids = await this.getRanges([type as (typeof types)[number]], 0, -1);
      return [type, Math.max(0, count - ids.filter(isTwin).length)] as const;
    });
    return Object.fromEntries(await Promise.all(own));
  };
  Queue.prototype.getJobCountByTypes = async function (...types) {
    const counts = Object.values(await this.getJobCounts(...types));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const lists = Redis.prototype as unknown as { lrange(...args: unknown[]): Promise<string[]> };
  const { lrange } = lists;
  lists.lrange = async function (...args) {
    return (await lrange.apply(this, args)).filter((id) => !isTwin(id));
  };
}
