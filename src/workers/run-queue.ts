/** Runs a queue reaction: BullMQ brings each event, the inbox makes its effects happen once. */
import { type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { AnyEventDefinition } from '../events/catalogue.ts';
import type { EventOf } from '../events/define-event.ts';
import { NewerSchemaError } from '../events/define-event.ts';
import { eventCause, type LogEvent } from '../events/envelope.ts';
import { toEvent } from '../log/read-streams.ts';
import { record } from '../outbox/transaction.ts';
import { messageOf } from '../platform/errors.ts';
import { retryPauseMs } from './backoff.ts';
import { writeDeadLetter } from './dead-letters.ts';
import { handleOnce, ParkedEventError } from './handle-once.ts';
import type { QueueReaction } from './reaction.ts';
import { readNewest } from './read-newest.ts';
import type { Runner, RunnerOptions } from './runner.ts';

export interface QueueRunnerOptions extends RunnerOptions {
  /** Waits for Redis instead of failing; shared by the workers of a process */
  readonly redis: Redis;
  readonly prefix: string;
  /** How long a job stays with a worker that says nothing, in ms: a killed worker's job runs again after this */
  readonly lockMs: number;
}

interface JobData {
  readonly position: number;
  readonly envelope: string;
}

// Stalls are kills from outside and use up no attempts; starts are bounded, because a job that crashes its process
// looks the same.
const maxStarts = 50;

export function runQueue(reaction: QueueReaction, options: QueueRunnerOptions): Runner {
  const { redis, prefix, lockMs, logger, pool } = options;
  const worker = new Worker<JobData>(reaction.name, (job) => handleJob(reaction, options, job), {
    connection: redis,
    prefix,
    concurrency: reaction.concurrency ?? 8,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: 1_000_000,
    maxStartedAttempts: maxStarts,
    settings: { backoffStrategy: (attempt) => retryPauseMs(attempt) },
    drainDelay: 2,
  });
  worker.on('error', (error) =>
    logger.warn({ consumer: reaction.name, error: messageOf(error) }, 'worker.error'),
  );
  worker.on('failed', (job, error) => {
    // only BullMQ's own bound on starts ends a job as failed: what a handler throws is dealt with in handleJob
    if (job?.finishedOn) {
      void buryCrasher(reaction, pool, job, error).catch((fault) =>
        logger.error(
          { consumer: reaction.name, eventId: job.id, error: messageOf(fault) },
          'worker.bury_failed',
        ),
      );
    }
  });
  return { stop: () => worker.close() };
}

async function handleJob(
  reaction: QueueReaction,
  options: QueueRunnerOptions,
  job: Job<JobData>,
): Promise<void> {
  const { logger, pool, metrics } = options;
  const event = toEvent(job.data.position, job.data.envelope);
  const attempt = job.attemptsMade + 1;
  try {
    await handleEvent(reaction, options, event, attempt);
  } catch (error) {
    metrics.failures.inc({ consumer: reaction.name });
    const waits = error instanceof NewerSchemaError || error instanceof ParkedEventError;
    const last = attempt >= (reaction.attempts ?? 5) && !waits;
    const log = {
      consumer: reaction.name,
      eventId: event.id,
      type: event.type,
      attempt,
      error: messageOf(error),
    };
    if (!last) {
      logger.warn(log, 'worker.failed');
      throw error; // BullMQ brings it again after the back-off
    }
    await writeDeadLetter(pool, {
      consumer: reaction.name,
      event,
      error: describe(error),
      attempts: attempt,
    });
    metrics.deadLetters.inc({ consumer: reaction.name });
    logger.error(log, 'worker.dead_letter');
  }
}

async function handleEvent(
  reaction: QueueReaction,
  { outbox, logger, metrics }: QueueRunnerOptions,
  stored: LogEvent,
  attempt: number,
): Promise<void> {
  const event = readNewest(reaction.events, stored) as EventOf<AnyEventDefinition>;
  const timeoutMs = reaction.timeoutMs ?? 10_000;
  const delivery = { consumer: reaction.name, eventId: event.id, position: event.position, attempt };
  const endTimer = metrics.duration.startTimer({ consumer: reaction.name });
  const ran = await handleOnce(outbox, delivery, eventCause(event), async (tx) => {
    const signal = AbortSignal.timeout(timeoutMs);
    await reaction.handle(tx, event, {
      now: new Date(),
      signal,
      logger,
      attempt,
      record: (...events) => record(tx, ...events),
    });
    // what was done too late is rolled back: its worker may have been given up on
    signal.throwIfAborted();
  });
  endTimer();
  if (ran) {
    metrics.handled.inc({ consumer: reaction.name });
    reaction.afterCommit?.([event]);
  } else {
    metrics.skipped.inc({ consumer: reaction.name });
  }
}

async function buryCrasher(
  reaction: QueueReaction,
  pool: Pool,
  job: Job<JobData>,
  error: Error,
): Promise<void> {
  const event = toEvent(job.data.position, job.data.envelope);
  const attempts = job.attemptsStarted;
  await writeDeadLetter(pool, { consumer: reaction.name, event, error: describe(error), attempts });
  await job.remove();
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
