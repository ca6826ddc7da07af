import type { Pool } from 'pg';
import type { Logger } from '../platform/logger.ts';
import { type QueueConsumer, readQueueConsumers } from './consumers.ts';
import { goBackToUnhandled } from './go-back.ts';
import type { Jobs } from './jobs.ts';
import { LanesLostError } from './lanes.ts';
import type { Refusals } from './refusals.ts';

export interface RestoreOptions {
  readonly pool: Pool;
  readonly jobs: Jobs;
  readonly logger: Logger;
}

/**
 * Empties the lanes of a consumer, and moves it back to before its first event that was not handled: what comes from there
 * on is added again in its order. Until the lanes are opened again nothing is taken from them, and a relay that dies here
 * leaves them shut, for the next one to restore.
 */
export async function restoreLanes(
  { pool, jobs, logger }: RestoreOptions,
  consumer: QueueConsumer,
): Promise<void> {
  const key = await jobs.lanes.shut(consumer);
  if (consumer.paused) await jobs.setPaused(consumer, true);
  const position = await goBackToUnhandled(pool, consumer.name);
  if (position === undefined) return; // it was deregistered
  await jobs.lanes.reopen(consumer, key, position);
  logger.info({ consumer: consumer.name, position }, 'relay.lanes_restored');
}

/** Restores the lanes that lost something, or that a relay has left shut. Those that Redis refuses are left for later. */
export async function restoreBrokenLanes(
  options: RestoreOptions & { readonly refusals: Refusals },
): Promise<void> {
  const { pool, jobs, refusals } = options;
  for (const consumer of await readQueueConsumers(pool)) {
    if (consumer.lanes === 0 || refusals.resting.includes(consumer.name)) continue;
    await refusals.attempt(consumer.name, async () => {
      if (!(await jobs.lanes.areWhole(consumer))) await restoreLanes(options, consumer);
    });
  }
}

/** Runs what adds to a consumer's lanes. Gives undefined when they had lost something: they are restored instead. */
export async function orRestore<Result>(
  options: RestoreOptions,
  consumer: QueueConsumer,
  add: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await add();
  } catch (error) {
    if (!(error instanceof LanesLostError)) throw error;
    await restoreLanes(options, consumer);
    return undefined;
  }
}
