/**
 * graphile-worker, set up as its page on performance says: a local queue of 500 jobs, 24 at once, completions in batches.
 * An event is moved when its handler, which does nothing, was called.
 */
import { Logger, makeWorkerUtils, type Runner, run } from 'graphile-worker';
import type { Contestant } from './contestant.ts';
import { countdown } from './countdown.ts';

const silent = new Logger(() => () => {});

export function graphileWorker(events: number): Contestant {
  return {
    name: 'graphile-worker',
    events,
    async prepare({ pool, databaseUrl }) {
      const preset = {
        worker: {
          connectionString: databaseUrl,
          concurrentJobs: 24,
          maxPoolSize: 25,
          localQueue: { size: 500 },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
          logger: silent,
        },
      };
      await pool.query('DROP SCHEMA IF EXISTS graphile_worker CASCADE');
      const utils = await makeWorkerUtils({ preset });
      await utils.migrate();
      await utils.release();
      await pool.query(
        `SELECT graphile_worker.add_job('relay', to_json(outbox))
           FROM outbox WHERE position <= $1 ORDER BY position`,
        [events],
      );
      await pool.query('VACUUM ANALYZE graphile_worker._private_jobs');
      return async () => {
        const handled = countdown(events, 'graphile-worker');
        const runner: Runner = await run({
          preset,
          noHandleSignals: true,
          taskList: { relay: async () => handled.count() },
        });
        await handled.done;
        return () => runner.stop();
      };
    },
  };
}
