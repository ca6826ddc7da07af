import type { Pool } from 'pg';
import type { Outbox } from '../outbox/transaction.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { WorkerMetrics } from './metrics.ts';

/** What every reaction is run with. */
export interface RunnerOptions {
  readonly outbox: Outbox;
  readonly pool: Pool;
  readonly logger: Logger;
  readonly metrics: WorkerMetrics;
  /** What handlers are told as `now` */
  readonly clock: Clock;
}

export interface Runner {
  /** Takes no new work, finishes the work in hand, and leaves to others what is not done after `finishMs`. */
  stop(): Promise<void>;
}
