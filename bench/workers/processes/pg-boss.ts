/**
 * pg-boss, with what it has for throughput: two workers that fetch batches, one after the other while they are full. The
 * jobs of a batch are handled side by side, each in a transaction of its own, or all of them in one.
 */
import { PgBoss } from 'pg-boss';
import { insertAllSeen, type SeenEvent } from '../seen.ts';
import { batchSize } from '../work.ts';
import { runRival } from './rival.ts';

await runRival(async ({ databaseUrl, prisma, work, meter, handle }) => {
  const boss = new PgBoss({ connectionString: databaseUrl, supervise: false, schedule: false });
  boss.on('error', () => {}); // what matters shows in the count
  await boss.start();
  const options = { batchSize, localConcurrency: 2, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 };
  await boss.work<SeenEvent>('bench', options, async (jobs) => {
    const events = jobs.map(({ data }) => data);
    if (work === 'one-row-batches') {
      await prisma.$transaction((tx) => insertAllSeen(tx, events));
      meter.count(events.length);
    } else await Promise.all(events.map(handle));
  });
  return () => boss.stop();
});
