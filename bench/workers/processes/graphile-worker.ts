/** graphile-worker, set up as its page on performance says: a local queue of 500 jobs, 24 at once, completions in batches. */
import { Logger, run } from 'graphile-worker';
import type { SeenEvent } from '../seen.ts';
import { runRival } from './rival.ts';

await runRival(async ({ databaseUrl, handle }) => {
  const runner = await run({
    preset: {
      worker: {
        connectionString: databaseUrl,
        concurrentJobs: 24,
        maxPoolSize: 25,
        localQueue: { size: 500 },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
        logger: new Logger(() => () => {}),
      },
    },
    noHandleSignals: true,
    taskList: { bench: (payload) => handle(payload as SeenEvent) },
  });
  return () => runner.stop();
});
