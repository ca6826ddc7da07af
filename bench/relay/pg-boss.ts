/**
 * pg-boss, with what it has for throughput: batches, fetched one after the other while they are full, by two workers.
 * An event is moved when the handler of its batch, which does nothing, was called.
 */
import { PgBoss } from 'pg-boss';
import type { Contestant } from './contestant.ts';
import { countdown } from './countdown.ts';

const queue = 'relay';
const batchSize = 1_000;

export function pgBoss(events: number): Contestant {
  return {
    name: 'pg-boss',
    events,
    async prepare({ pool, databaseUrl, read }) {
      await pool.query('DROP SCHEMA IF EXISTS pgboss CASCADE');
      const boss = new PgBoss({ connectionString: databaseUrl, supervise: false, schedule: false });
      boss.on('error', () => {}); // what matters shows in the count
      await boss.start();
      await boss.createQueue(queue);
      const batches: { data: object }[][] = [];
      await read(events, batchSize, (rows) =>
        batches.push(rows.map(({ envelope }) => ({ data: JSON.parse(envelope) }))),
      );
      for (const jobs of batches) await boss.insert(queue, jobs);
      await pool.query('VACUUM ANALYZE');
      return async () => {
        const handled = countdown(events, 'pg-boss');
        const options = {
          batchSize,
          localConcurrency: 2,
          burstWhenBatchFull: true,
          pollingIntervalSeconds: 0.5,
        };
        await boss.work(queue, options, async (jobs) => {
          for (const _job of jobs) handled.count();
        });
        await handled.done;
        return () => boss.stop();
      };
    },
  };
}
