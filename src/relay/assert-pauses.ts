import type { Pool } from 'pg';
import { readQueueConsumers } from './consumers.ts';
import type { Jobs } from './jobs.ts';
import type { Refusals } from './refusals.ts';

/**
 * Makes every queue stand still or go on as its consumer's row says: Redis may have come back from before it was told,
 * with every job and thus without being healed. An operator's change that crosses this one is put right by the next.
 */
export async function assertPauses(options: {
  readonly pool: Pool;
  readonly jobs: Jobs;
  readonly refusals: Refusals;
}): Promise<void> {
  const { pool, jobs, refusals } = options;
  for (const consumer of await readQueueConsumers(pool)) {
    if (refusals.resting.includes(consumer.name)) continue;
    await refusals.attempt(consumer.name, () => jobs.setPaused(consumer, consumer.paused));
  }
}
