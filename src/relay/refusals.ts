/** Which consumers are left alone for a while because Redis refuses their queue, so that they hold up nobody else. */
import { Counter, type Registry } from 'prom-client';
import { backoffMs } from '../platform/backoff.ts';
import { logged } from '../platform/failures/text.ts';
import type { Logger } from '../platform/logger.ts';
import { type LoopRecord, recordLoop } from '../platform/loop-states.ts';

export interface Refusals {
  /** Refused consumers whose next attempt is not due */
  readonly resting: readonly string[];
  /** Whether the newest attempt was refused. */
  isRefused(consumer: string): boolean;
  /**
   * Runs what writes to a consumer's queue. Gives undefined when Redis refused it: then the consumer rests for a
   * jittered, growing while. What else goes wrong is thrown: it is no affair of one queue.
   */
  attempt<Result>(consumer: string, write: () => Promise<Result>): Promise<Result | undefined>;
  /** As `attempt`, for what is asked beside: that it passed does not tell that the queue is written to again. */
  guard<Result>(consumer: string, ask: () => Promise<Result>): Promise<Result | undefined>;
  /** Forgets the consumers that are not among these: they were deregistered. */
  keepOnly(registered: readonly string[]): void;
  /** Nothing is told of refused queues any longer: another relay may lead from here on. */
  end(): void;
}

export interface RefusalMetrics {
  readonly queueFailures: Counter<'consumer'>;
}

export function createRefusalMetrics(registry: Registry): RefusalMetrics {
  return {
    queueFailures: new Counter({
      name: 'aorta_relay_queue_failures_total',
      help: 'Attempts to write to a queue that Redis refused',
      labelNames: ['consumer'],
      registers: [registry],
    }),
  };
}

interface Refusal {
  readonly failures: number;
  /** By the monotonic clock, in ms */
  readonly nextAt: number;
  /** What readiness and metrics tell of it */
  readonly record: LoopRecord;
}

const bounds = { firstMs: 50, maxMs: 5_000 };

/** `isAway` tells whether the Redis of this consumer alone is away: that is no affair of the others either. */
export function createRefusals(
  logger: Logger,
  metrics: RefusalMetrics,
  isAway: (consumer: string, error: unknown) => boolean = () => false,
): Refusals {
  const refused = new Map<string, Refusal>();
  const refuse = (consumer: string, error: unknown) => {
    const before = refused.get(consumer);
    const failures = (before?.failures ?? 0) + 1;
    const record = before?.record ?? recordLoop(`relay.queue.${consumer}`);
    const pauseMs = backoffMs(failures, bounds);
    refused.set(consumer, { failures, nextAt: performance.now() + pauseMs, record });
    record.failed(error, pauseMs);
    metrics.queueFailures.inc({ consumer });
    const log = failures === 1 ? logger.error.bind(logger) : logger.debug.bind(logger);
    log({ consumer, failures, ...logged(error) }, 'relay.queue_refused');
  };
  const guard = async <Result>(consumer: string, ask: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await ask();
    } catch (error) {
      if (!isRefusal(error) && !isAway(consumer, error)) throw error;
      refuse(consumer, error);
      return undefined;
    }
  };
  const forget = (consumer: string) => {
    refused.get(consumer)?.record.ended();
    return refused.delete(consumer);
  };
  return {
    get resting() {
      const now = performance.now();
      return [...refused].filter(([, { nextAt }]) => nextAt > now).map(([consumer]) => consumer);
    },
    isRefused: (consumer) => refused.has(consumer),
    guard,
    attempt: (consumer, write) =>
      guard(consumer, async () => {
        const result = await write();
        if (forget(consumer)) logger.info({ consumer }, 'relay.queue_accepted');
        return result;
      }),
    keepOnly(registered) {
      for (const consumer of refused.keys()) if (!registered.includes(consumer)) forget(consumer);
    },
    end() {
      for (const consumer of refused.keys()) forget(consumer);
    },
  };
}

/** An answer of Redis that says no: it is there, and takes other commands. */
const isRefusal = (error: unknown) => error instanceof Error && error.name === 'ReplyError';
