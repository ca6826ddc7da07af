/** What is kept with a job beyond what BullMQ counts. Event flows show it. */
import type { Job } from 'bullmq';
import type { JobData } from './delivery.ts';

export interface JobProgress {
  /** Attempts that have failed while its lane held it */
  readonly attempts: number;
  /** What the last of them failed with, with its stack */
  readonly error?: string;
  /** How often it was begun alone in its process, and nobody said how it ended */
  readonly crashes: number;
}

export function progressOf({ progress }: Job<JobData>): JobProgress {
  return { attempts: 0, crashes: 0, ...(typeof progress === 'object' ? progress : {}) };
}

/** Throws when Redis has lost the job. */
export async function noteProgress(job: Job<JobData>, change: Partial<JobProgress>): Promise<void> {
  await job.updateProgress({ ...progressOf(job), ...change });
}

/** Twice its worker was lost while it had it: by chance, or because of it. */
export const isSuspect = (job: Job<JobData>): boolean => job.stalledCounter > 1;
