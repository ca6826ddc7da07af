/** What is written down when an event was not handled. */
import type { LogEvent } from '../events/envelope.ts';
import { logged, stackOf, summaryOf } from '../platform/failures/text.ts';
import type { Logger } from '../platform/logger.ts';
import { writeDeadLetter } from './dead-letters.ts';
import type { Delivery } from './delivery.ts';
import type { QueueReaction, Reaction } from './reaction.ts';
import type { RunnerOptions } from './runner.ts';
import { judge, type Verdict } from './verdict.ts';

/** Notes an attempt that ended with the error, makes a dead letter of poison, and gives the verdict. */
export async function noteFailure(
  reaction: QueueReaction,
  options: RunnerOptions,
  delivery: Delivery,
  error: unknown,
): Promise<Verdict> {
  const { event, attempt } = delivery;
  const { logger, metrics } = options;
  const verdict = judge(reaction, error, attempt);
  metrics.failures.inc({ consumer: reaction.name });
  if (verdict.is === 'poison') await deadLetter(reaction, options, delivery, stackOf(error), attempt);
  else {
    const log = { consumer: reaction.name, ...placeOf(event), attempt };
    logger.warn({ ...log, ...logged(error) }, verdict.is === 'wait' ? 'worker.waits' : 'worker.failed');
  }
  return verdict;
}

/** Makes a dead letter of the event. */
export async function deadLetter(
  reaction: QueueReaction,
  { logger, metrics, pool }: RunnerOptions,
  { event, redriven }: Delivery,
  error: string,
  attempts: number,
): Promise<void> {
  await writeDeadLetter(pool, { consumer: reaction, event, error, attempts, redriven });
  metrics.deadLetters.inc({ consumer: reaction.name });
  tellDeadLetter(logger, reaction, event, error, { attempts });
}

/** What a log line names of an event: enough to find it, and all that the same request set off. */
export const placeOf = ({ id: eventId, type, correlationId }: LogEvent) => ({ eventId, type, correlationId });

/** Logs a new dead letter, with all that is stored of its error. */
export function tellDeadLetter(
  logger: Logger,
  { name: consumer, kind }: Pick<Reaction, 'name' | 'kind'>,
  event: LogEvent,
  stored: string,
  more: Readonly<Record<string, unknown>> = {},
): void {
  const error = summaryOf(stored);
  const stack = stored.includes('\n') ? { stack: stored } : {};
  const message = kind === 'processor' ? 'processor.dead_letter' : 'worker.dead_letter';
  logger.error({ consumer, ...placeOf(event), ...more, error, ...stack }, message);
}
