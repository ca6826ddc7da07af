import type { AnyEventDefinition } from '../events/catalogue.ts';
import type { EventOf } from '../events/define-event.ts';
import { eventCause, type LogEvent, requestCause } from '../events/envelope.ts';
import { recordBecause, type Tx } from '../outbox/transaction.ts';
import { countHandled, moveCheckpoint } from './checkpoint.ts';
import type { ProcessorSlot } from './processor-slot.ts';
import type { ProcessorContext } from './reaction.ts';
import { readNewest } from './read-newest.ts';

/** A part of the log, and the events of it that fall to a slot. */
export interface Batch {
  readonly events: readonly LogEvent[];
  readonly from: number;
  readonly to: number;
  /** Of the log that they were read from */
  readonly epoch: string;
}

/** Handles the batch in one transaction with the checkpoint that it leads to: all of it, or nothing. */
export async function handleBatch(
  { reaction, slot, options }: ProcessorSlot,
  batch: Batch,
  signal: AbortSignal,
): Promise<void> {
  const { outbox, logger, metrics } = options;
  const { events: stored, to } = batch;
  const events = stored.map((event) => readNewest(reaction.events, event)) as EventOf<AnyEventDefinition>[];
  const endTimer = metrics.duration.startTimer({ consumer: reaction.name });
  await outbox.transaction(noCause, async (tx) => {
    // first, so that a slot's late former reader fails here and not after its work
    await moveCheckpoint(tx, reaction.name, slot, { ...batch, handled: events.length });
    if (events.length > 0) await reaction.handle(tx, events, contextIn(tx, { signal, logger }));
  });
  endTimer();
  metrics.handled.inc({ consumer: reaction.name }, events.length);
  metrics.checkpoint.set({ consumer: reaction.name, slot: String(slot) }, to);
  if (events.length > 0) reaction.afterCommit?.(events);
}

/** Handles a parked event again, in a transaction of its own that also runs `settle`. */
export async function handleParked(
  { reaction, slot, options }: ProcessorSlot,
  stored: LogEvent,
  signal: AbortSignal,
  settle: (tx: Tx) => Promise<void>,
): Promise<void> {
  const { outbox, logger } = options;
  const event = readNewest(reaction.events, stored) as EventOf<AnyEventDefinition>;
  await outbox.transaction(noCause, async (tx) => {
    await countHandled(tx, reaction.name, slot);
    await reaction.handle(tx, [event], contextIn(tx, { signal, logger }));
    await settle(tx);
  });
  reaction.afterCommit?.([event]);
}

/** Every event that is recorded in a batch names its own cause; this one is never written. */
export const noCause = requestCause('processor');

function contextIn(tx: Tx, given: Pick<ProcessorContext, 'signal' | 'logger'>): ProcessorContext {
  return {
    ...given,
    now: new Date(),
    record: (cause, ...recorded) => recordBecause(tx, eventCause(cause), ...recorded),
  };
}
