/**
 * A BullMQ worker as its documentation shows it, with as many jobs at a time as Aorta takes: at least once. With INBOX in
 * its environment it has an inbox under this name, and does the same transaction as Aorta.
 */
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { SeenEvent } from '../seen.ts';
import { runRival } from './rival.ts';

const { INBOX: inbox } = process.env;

await runRival(
  async ({ redisUrl, handle }) => {
    const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
    const worker = new Worker<SeenEvent>('bench', (job) => handle(job.data), { connection, concurrency: 8 });
    worker.on('error', () => {}); // what matters shows in the count
    return async () => {
      await worker.close();
      connection.disconnect();
    };
  },
  inbox === undefined ? {} : { inbox },
);
