import type { LogEvent } from '../events/envelope.ts';
import type { Tx } from '../outbox/transaction.ts';
import { callHandler, type HandledEvent, noCause } from './call-handler.ts';
import { countHandled, moveCheckpoint, StaleReadError } from './checkpoint.ts';
import { lockDeadLetter, removeDeadLetter, writeDeadLetter } from './dead-letters.ts';
import { NotBegunError } from './errors.ts';
import { tellDeadLetter } from './failure.ts';
import type { ProcessorSlot } from './processor-slot.ts';
import { readNewest } from './read-newest.ts';
import { withinTime } from './within-time.ts';

/** A part of the log, and the events of it that fall to a slot. */
export interface Batch {
  readonly events: readonly LogEvent[];
  readonly from: number;
  readonly to: number;
  /** Of the log that they were read from */
  readonly epoch: string;
}

/**
 * Handles the batch in one transaction with the checkpoint that it leads to: all of it, or nothing. What the storm guard
 * stops becomes a dead letter in it.
 */
export async function handleBatch(slot: ProcessorSlot, batch: Batch, signal: AbortSignal): Promise<void> {
  const { reaction, options, guard } = slot;
  const { outbox, logger, metrics } = options;
  const { name: consumer } = reaction;
  const stopped = batch.events.flatMap((event) => {
    const reason = guard.reason(event);
    return reason === undefined ? [] : [{ consumer: reaction, event, error: reason, attempts: 0 }];
  });
  const events = readAll(
    slot,
    batch.events.filter((event) => !stopped.some((letter) => letter.event === event)),
  );
  const endTimer = metrics.duration.startTimer({ consumer });
  let isBegun = false;
  const work = async (tx: Tx) => {
    // first, so that a slot's late former reader fails here and not after its work
    await moveCheckpoint(tx, consumer, slot.slot, { ...batch, handled: events.length });
    for (const letter of stopped) await writeDeadLetter(tx, letter);
    isBegun = true;
    if (events.length > 0) await run(slot, tx, events, signal);
  };
  await outbox.transaction(noCause, work).catch((error) => {
    throw isBegun || error instanceof StaleReadError ? error : new NotBegunError(error);
  });
  endTimer();
  metrics.handled.inc({ consumer }, events.length);
  metrics.checkpoint.set({ consumer, slot: String(slot.slot) }, batch.to);
  for (const { event, error } of stopped) {
    metrics.deadLetters.inc({ consumer });
    tellDeadLetter(logger, reaction, event, error);
  }
  if (events.length > 0) reaction.afterCommit?.(events);
}

/** Handles a parked event again, in a transaction of its own, and lets its dead letter go. Throws StaleReadError when that is gone. */
export async function handleParked(
  slot: ProcessorSlot,
  stored: LogEvent,
  signal: AbortSignal,
): Promise<void> {
  const { reaction, options } = slot;
  const events = readAll(slot, [stored]);
  await options.outbox.transaction(noCause, async (tx) => {
    await lockDeadLetter(tx, reaction.name, stored.id); // whoever discards it waits, or was quicker
    await countHandled(tx, reaction.name, slot.slot);
    await run(slot, tx, events, signal);
    await removeDeadLetter(tx, reaction.name, stored.id);
  });
  reaction.afterCommit?.(events);
}

const readAll = ({ reaction }: ProcessorSlot, stored: readonly LogEvent[]) =>
  stored.map((event) => readNewest(reaction.events, event) as HandledEvent);

function run(
  { reaction, options }: ProcessorSlot,
  tx: Tx,
  events: readonly HandledEvent[],
  stopping: AbortSignal,
): Promise<void> {
  return withinTime(reaction.timeoutMs ?? defaultTimeoutMs, stopping, (signal) =>
    callHandler(reaction, tx, events, { signal, logger: options.logger, now: options.clock.now() }),
  );
}

const defaultTimeoutMs = 12_000; // what a transaction may take
