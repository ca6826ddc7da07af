/** Serves the one queue of a reaction that keeps no order: events run in parallel, or together in batches. */
import type { BackoffStrategy, Job, Worker } from 'bullmq';
import { stackOf } from '../platform/failures/text.ts';
import { createBatcher } from './batcher.ts';
import { type Delivery, deliveryOf, type JobData } from './delivery.ts';
import { WaitError } from './errors.ts';
import { deadLetter, noteFailure } from './failure.ts';
import { handleDeliveries } from './handle-deliveries.ts';
import { isSuspect } from './job-progress.ts';
import { giveBack, openWorker, parkedMs, runAlone, type Service } from './queue-service.ts';
import type { QueueReaction } from './reaction.ts';

export function runUnordered(service: Service): Worker<JobData> {
  const { reaction, options, stopping, objection } = service;
  const { concurrency, batchSize, inHand } = sizesOf(reaction);
  const handle = (deliveries: readonly Delivery[]) =>
    handleDeliveries(reaction, options, deliveries, stopping.cutOff);
  const alone = createBatcher({ size: 1, concurrency, handle }).add;
  const together = batchSize > 1 ? createBatcher({ size: batchSize, concurrency, handle }).add : alone;

  const run = async (job: Job<JobData>, token: string): Promise<void> => {
    const delivery = deliveryOf(job, job.attemptsMade);
    const refused = objection(job, delivery);
    if (refused !== undefined) return deadLetter(reaction, options, delivery, refused, delivery.attempt - 1);
    try {
      // what has failed takes no others with it
      const handleIt = delivery.attempt > 1 ? alone : together;
      const outcome = await (isSuspect(job)
        ? runAlone(service, job, () => alone(delivery))
        : handleIt(delivery));
      if (outcome === 'parked') throw new WaitError('the event is parked', parkedMs);
    } catch (error) {
      if (stopping.cutOff.aborted) return giveBack(service, job, token, 0);
      const verdict = await noteFailure(reaction, options, delivery, error);
      if (verdict.is === 'wait') return giveBack(service, job, token, verdict.ms);
      if (verdict.is === 'retry') throw new RetryError(error, verdict.ms);
    }
  };
  return openWorker(service, reaction.name, run, {
    concurrency: inHand,
    ...(reaction.rateLimit
      ? { limiter: { max: reaction.rateLimit.max, duration: reaction.rateLimit.perMs } }
      : {}),
    settings: { backoffStrategy: pauseAfter },
  });
}

function sizesOf(reaction: QueueReaction) {
  if ('handleBatch' in reaction) {
    const { concurrency = 1, batchSize = 100 } = reaction;
    // one batch more than are being handled, so that the next is at hand
    return { concurrency, batchSize, inHand: (concurrency + 1) * batchSize };
  }
  const { concurrency = 8 } = reaction;
  return { concurrency, batchSize: 1, inHand: concurrency };
}

/** Tells BullMQ, which counts the attempt, when to bring the job again; its message is kept with the job, for operators. */
class RetryError extends Error {
  override readonly name = 'RetryError';
  readonly pauseMs: number;

  constructor(cause: unknown, pauseMs: number) {
    super(stackOf(cause), { cause });
    this.stack = ''; // kept for each attempt, and said already
    this.pauseMs = pauseMs;
  }
}

const pauseAfter: BackoffStrategy = (_attempts, _type, error) =>
  error instanceof RetryError ? error.pauseMs : noVerdictMs;

const noVerdictMs = 1_000; // the stores were away when it was to be written down
