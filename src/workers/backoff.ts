import { backoffMs } from '../platform/backoff.ts';

/** The pause before an event's next attempt, ms. */
export const retryPauseMs = (attempts: number): number =>
  backoffMs(attempts, { firstMs: 200, maxMs: 30_000 });
