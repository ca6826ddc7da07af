/** A BullMQ worker as its documentation shows it, with as many jobs at a time as Aorta takes. No inbox: at least once. */
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { SeenEvent } from '../seen.ts';
import { runRival } from './rival.ts';

await runRival(async ({ redisUrl, handle }) => {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const worker = new Worker<SeenEvent>('bench', (job) => handle(job.data), { connection, concurrency: 8 });
  worker.on('error', () => {}); // what matters shows in the count
  return async () => {
    await worker.close();
    connection.disconnect();
  };
});
