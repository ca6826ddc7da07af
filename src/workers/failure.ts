/** What is written down when an event was not handled. */
import { messageOf } from '../platform/errors.ts';
import { writeDeadLetter } from './dead-letters.ts';
import type { Delivery } from './delivery.ts';
import type { QueueReaction } from './reaction.ts';
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
  if (verdict.is === 'poison') await bury(reaction, options, delivery, describe(error), attempt);
  else {
    const { id: eventId, type } = event;
    const log = { consumer: reaction.name, eventId, type, attempt, error: messageOf(error) };
    logger.warn(log, verdict.is === 'wait' ? 'worker.waits' : 'worker.failed');
  }
  return verdict;
}

/** Makes a dead letter of the event. */
export async function bury(
  reaction: QueueReaction,
  { logger, metrics, pool }: RunnerOptions,
  { event, redriven }: Delivery,
  error: string,
  attempts: number,
): Promise<void> {
  await writeDeadLetter(pool, { consumer: reaction, event, error, attempts, redriven });
  metrics.deadLetters.inc({ consumer: reaction.name });
  const { id: eventId, type } = event;
  logger.error(
    { consumer: reaction.name, eventId, type, attempts, error: error.split('\n', 1)[0] },
    'worker.dead_letter',
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
