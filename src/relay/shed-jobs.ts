/** Making room in a Redis that is full: jobs that nobody takes go back to where they came from, the outbox. */
import type { Pool } from 'pg';
import type { Logger } from '../platform/logger.ts';
import { type QueueConsumer, readQueueConsumers } from './consumers.ts';
import { goBackToUnhandled } from './go-back.ts';
import type { Jobs } from './jobs.ts';
import type { Refusals } from './refusals.ts';
import { restoreLanes } from './restore-lanes.ts';

export interface ShedOptions {
  readonly pool: Pool;
  readonly jobs: Jobs;
  readonly logger: Logger;
  readonly refusals: Pick<Refusals, 'guard'>;
}

/**
 * Removes the waiting jobs of the consumer that has the most, if they are more than `least`; they are added again from its
 * first event that was not handled. Whoever dies on the way leaves jobs twice, never none: the consumer goes back before
 * they are removed, and once more afterwards, for a late relay that moved it meanwhile.
 */
export async function shedJobs(options: ShedOptions, least: number): Promise<void> {
  const { pool, jobs, logger, refusals } = options;
  const consumers = await readQueueConsumers(pool);
  const counts = await Promise.all(
    consumers.map(async (consumer) => ({
      consumer,
      count: (await refusals.guard(consumer.name, () => jobs.count(consumer))) ?? 0,
    })),
  );
  const { consumer, count } = counts.reduce((most, each) => (each.count > most.count ? each : most), none);
  if (!consumer || count <= least) return;
  if (consumer.lanes > 0) {
    await restoreLanes(options, consumer);
  } else {
    await goBackToUnhandled(pool, consumer.name);
    await jobs.removeWaiting(consumer.name);
    await goBackToUnhandled(pool, consumer.name);
  }
  logger.warn({ consumer: consumer.name, jobs: count }, 'relay.jobs_shed');
}

const none: { readonly consumer?: QueueConsumer; readonly count: number } = { count: 0 };
