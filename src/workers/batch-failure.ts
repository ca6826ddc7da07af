import type { LogEvent } from '../events/envelope.ts';
import { logged, stackOf } from '../platform/failures/text.ts';
import { noCause } from './call-handler.ts';
import { moveCheckpoint } from './checkpoint.ts';
import { writeDeadLetter } from './dead-letters.ts';
import { placeOf, tellDeadLetter } from './failure.ts';
import type { Batch } from './handle-batch.ts';
import type { ProcessorSlot } from './processor-slot.ts';
import { judge } from './verdict.ts';

/** How a slot looks for the event that fails. */
export interface Search {
  /** How many events to take; 1 once the failing one is to stand alone */
  batchSize: number;
  /** The event that fails on its own, and how often it has */
  failing: { readonly id: string; readonly attempts: number } | undefined;
}

/**
 * After a batch was rolled back: smaller batches until the failing event stands alone, then that event again with a
 * growing pause, and then a dead letter in its place, unless it holds its slot by declaration or waits for newer code.
 * Gives how long to pause, in ms.
 */
export async function afterFailure(
  slot: ProcessorSlot,
  search: Search,
  batch: Batch,
  error: unknown,
): Promise<number> {
  const { reaction, options } = slot;
  const { logger, metrics } = options;
  metrics.failures.inc({ consumer: reaction.name });
  const log = { consumer: reaction.name, slot: slot.slot, ...logged(error) };
  const [event, ...others] = batch.events;
  if (!event) {
    logger.warn({ ...log, events: 0 }, 'processor.failed');
    return emptyPauseMs;
  }
  if (others.length > 0) {
    search.batchSize = Math.max(1, Math.floor(Math.min(search.batchSize, batch.events.length) / 2));
    logger.warn({ ...log, ...placeOf(event), events: batch.events.length }, 'processor.failed');
    return 0;
  }
  const failedBefore = search.failing?.id === event.id ? search.failing.attempts : 0;
  const verdict = judge(reaction, error, failedBefore + 1);
  const attempts = failedBefore + (verdict.is === 'wait' ? 0 : 1);
  search.failing = { id: event.id, attempts };
  if (verdict.is !== 'poison') {
    logger.warn(
      { ...log, ...placeOf(event), attempts },
      verdict.is === 'wait' ? 'processor.waits' : 'processor.failed',
    );
    return verdict.ms;
  }
  const stored = stackOf(error);
  await park(slot, batch, event, stored, attempts);
  search.failing = undefined;
  metrics.deadLetters.inc({ consumer: reaction.name });
  tellDeadLetter(logger, reaction, event, stored, { slot: slot.slot, attempts });
  return 0;
}

const emptyPauseMs = 200; // nobody's event failed: the stores are away

/** Makes a dead letter of the event, and lets the slot go on behind it. */
function park(
  { reaction, slot, options }: ProcessorSlot,
  batch: Batch,
  event: LogEvent,
  error: string,
  attempts: number,
): Promise<void> {
  return options.outbox.transaction(noCause, async (tx) => {
    await moveCheckpoint(tx, reaction.name, slot, { ...batch, handled: 0 });
    await writeDeadLetter(tx, { consumer: reaction, event, error, attempts });
  });
}
