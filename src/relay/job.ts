/** A job as it is added: what it carries, and for whom. */
import type { JobsOptions } from 'bullmq';
import type { QueueConsumer } from './consumers.ts';

/** What a job carries: the event as its handler will get it. */
export interface JobData {
  readonly position: number;
  /** JSON text of the Envelope */
  readonly envelope: string;
}

/** Whom a job is for; without `generation` and `enqueuedPosition` nothing is known of what its lanes hold. */
export type JobsConsumer = Pick<QueueConsumer, 'name' | 'lanes' | 'orderedBy'> &
  Partial<Pick<QueueConsumer, 'generation' | 'enqueuedPosition'>>;

export interface NewJob {
  readonly name: string;
  readonly data: JobData;
  readonly opts: JobsOptions & { readonly jobId: string };
}
