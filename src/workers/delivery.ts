import type { Job } from 'bullmq';
import type { LogEvent } from '../events/envelope.ts';
import { toEvent } from '../log/read-streams.ts';

/** What the relay puts into a job. */
export interface JobData {
  readonly position: number;
  /** JSON text of the Envelope */
  readonly envelope: string;
}

/** An event that a queue consumer is about to handle. */
export interface Delivery {
  /** As it was stored */
  readonly event: LogEvent;
  /** 1 for the first try */
  readonly attempt: number;
  /** Somebody asked for it again: the storm guard lets it pass */
  readonly redriven: boolean;
}

/**
 * What became of it: `skipped` when it had been handled before; `unknown` when this Postgres does not hold it; `waits` when it
 * stays behind a dead letter of its key; `parked` while the relay has it out of the log.
 */
export type Outcome = 'handled' | 'skipped' | 'unknown' | 'waits' | 'parked';

/** The attempts that have failed are counted by BullMQ, or by the lane that holds the job. */
export const deliveryOf = (job: Job<JobData>, failed: number): Delivery => ({
  event: toEvent(job.data.position, job.data.envelope),
  attempt: failed + 1,
  redriven: job.name === 'redrive',
});
