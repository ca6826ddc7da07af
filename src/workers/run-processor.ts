/** Runs a stream processor: batches of the log in order, each in one transaction with the checkpoint it leads to. */
import { createHash } from 'node:crypto';
import type { AnyEventDefinition } from '../events/catalogue.ts';
import { type EventOf, NewerSchemaError } from '../events/define-event.ts';
import { eventCause, type LogEvent, requestCause } from '../events/envelope.ts';
import type { LogReader } from '../log/reader.ts';
import { recordBecause, type Tx } from '../outbox/transaction.ts';
import { aborted } from '../platform/aborted.ts';
import { messageOf } from '../platform/errors.ts';
import { holdLease, type Lease } from '../platform/lease.ts';
import { startLoop } from '../platform/loop.ts';
import { every } from '../platform/pace.ts';
import { backoffMs } from './backoff.ts';
import { moveCheckpoint, readCheckpoint } from './checkpoint.ts';
import { removeDeadLetter, writeDeadLetter } from './dead-letters.ts';
import type { ProcessorReaction } from './reaction.ts';
import { readNewest } from './read-newest.ts';
import { readRedriven } from './read-redriven.ts';
import type { Runner, RunnerOptions } from './run-queue.ts';

export interface ProcessorRunnerOptions extends RunnerOptions {
  readonly databaseUrl: string;
  readonly application: string;
  readonly openReader: () => Promise<LogReader>;
  /** Waits until the log may be published beyond `after`, a bounded time */
  readonly wait: (after: number, signal: AbortSignal) => Promise<void>;
}

/** Starts a reader per slot; each reads once it holds the slot's lease. */
export function runProcessor(reaction: ProcessorReaction, options: ProcessorRunnerOptions): Runner {
  const slots = Array.from({ length: reaction.slots ?? 1 }, (_, slot) => startSlot(reaction, slot, options));
  return {
    async stop() {
      await Promise.all(slots.map((lease) => lease.stop()));
    },
  };
}

function startSlot(reaction: ProcessorReaction, slot: number, options: ProcessorRunnerOptions): Lease {
  const name = `processor:${reaction.name}:${slot}`;
  return holdLease({
    url: options.databaseUrl,
    name,
    application: options.application,
    logger: options.logger,
    async whileHeld(signal) {
      const turns = createTurns(reaction, slot, options);
      const loop = startLoop({
        name,
        logger: options.logger,
        turn: (stopped) => turns(AbortSignal.any([signal, stopped])),
      });
      await aborted(signal);
      await loop.stop();
    },
  });
}

/** What a slot remembers between turns. */
interface Progress {
  reader: LogReader | undefined;
  /** The event that fails on its own, and how often it has */
  failing: { readonly id: string; readonly attempts: number } | undefined;
  /** How many events to take; 1 while looking for the one that fails */
  batchSize: number;
  /** Up to here nothing was for this slot; saved with the next batch, or after a while */
  scanned: number;
}

function createTurns(reaction: ProcessorReaction, slot: number, options: ProcessorRunnerOptions) {
  const { pool, metrics } = options;
  const fullBatch = reaction.batchSize ?? 500;
  const progress: Progress = { reader: undefined, failing: undefined, batchSize: fullBatch, scanned: 0 };
  const redriveDue = every(redriveMs);
  const saveDue = every(saveMs);
  const filter = {
    topics: [...new Set(reaction.events.map((definition) => definition.topic))],
    types: reaction.events.map((definition) => definition.type),
  };

  return async (signal: AbortSignal): Promise<number> => {
    const checkpoint = await readCheckpoint(pool, reaction.name, slot);
    if (checkpoint.paused) return pausedMs;
    if (redriveDue()) await handleRedriven(reaction, slot, options, signal);
    const after = Math.max(checkpoint.position, progress.scanned);
    progress.reader ??= await options.openReader();
    const page = await progress.reader.read({ filter, after, limit: progress.batchSize }).catch((error) => {
      progress.reader = undefined; // the epoch may have changed
      throw error;
    });
    if (page.next <= after) {
      await options.wait(after, signal);
      return 0;
    }
    const events = page.events.filter((event) => slotOf(reaction, event) === slot);
    progress.scanned = events.length > 0 ? 0 : page.next;
    const pauseMs = page.next < page.through ? 0 : (reaction.lingerMs ?? defaultLingerMs);
    if (events.length === 0 && !saveDue()) return pauseMs;
    try {
      await handleBatch(
        reaction,
        slot,
        options,
        { events, from: checkpoint.position, to: page.next },
        signal,
      );
    } catch (error) {
      if (signal.aborted) throw error;
      return afterFailure(
        reaction,
        slot,
        options,
        progress,
        { events, from: checkpoint.position, to: page.next },
        error,
      );
    }
    metrics.checkpoint.set({ consumer: reaction.name, slot: String(slot) }, page.next);
    progress.failing = undefined;
    progress.batchSize = Math.min(fullBatch, progress.batchSize * 2);
    return pauseMs;
  };
}

const pausedMs = 500;
const redriveMs = 500;
const saveMs = 1_000; // how often a checkpoint moves over events of others
const defaultLingerMs = 50;

interface Range {
  readonly events: readonly LogEvent[];
  readonly from: number;
  readonly to: number;
}

async function handleBatch(
  reaction: ProcessorReaction,
  slot: number,
  { outbox, logger, metrics }: ProcessorRunnerOptions,
  { events: stored, from, to }: Range,
  signal: AbortSignal,
): Promise<void> {
  const events = stored.map((event) => readNewest(reaction.events, event)) as EventOf<AnyEventDefinition>[];
  const endTimer = metrics.duration.startTimer({ consumer: reaction.name });
  await outbox.transaction(noCause, async (tx) => {
    // first, so that a slot's late former reader fails here and not after its work
    await moveCheckpoint(tx, { processor: reaction.name, slot, from, to, handled: events.length });
    if (events.length > 0) await handle(reaction, tx, events, signal, logger);
  });
  endTimer();
  metrics.handled.inc({ consumer: reaction.name }, events.length);
  if (events.length > 0) reaction.afterCommit?.(events);
}

/** Every event that is recorded in a batch names its own cause; this one is never written. */
const noCause = requestCause('processor');

function handle(
  reaction: ProcessorReaction,
  tx: Tx,
  events: readonly EventOf<AnyEventDefinition>[],
  signal: AbortSignal,
  logger: ProcessorRunnerOptions['logger'],
): Promise<void> {
  return reaction.handle(tx, events, {
    now: new Date(),
    signal,
    logger,
    record: (cause, ...recorded) => recordBecause(tx, eventCause(cause), ...recorded),
  });
}

/**
 * After a batch was rolled back: smaller batches until the failing event stands alone, then that event again with a
 * growing pause, and then a dead letter in its place, unless it holds its slot by declaration or waits for newer code.
 */
async function afterFailure(
  reaction: ProcessorReaction,
  slot: number,
  { outbox, logger, metrics }: ProcessorRunnerOptions,
  progress: Progress,
  { events, from, to }: Range,
  error: unknown,
): Promise<number> {
  metrics.failures.inc({ consumer: reaction.name });
  const [event] = events;
  if (!event || events.length > 1) {
    progress.batchSize = Math.max(1, Math.floor(progress.batchSize / 2));
    logger.warn(
      { consumer: reaction.name, slot, events: events.length, error: messageOf(error) },
      'processor.failed',
    );
    return event ? 0 : backoffMs(1);
  }
  const attempts = progress.failing?.id === event.id ? progress.failing.attempts + 1 : 1;
  progress.failing = { id: event.id, attempts };
  const log = { consumer: reaction.name, slot, eventId: event.id, attempts, error: messageOf(error) };
  const waits = reaction.onPoison === 'hold' || error instanceof NewerSchemaError;
  if (waits || attempts < (reaction.attempts ?? 5)) {
    logger.warn(log, 'processor.failed');
    return backoffMs(attempts);
  }
  await outbox.transaction(noCause, async (tx) => {
    await moveCheckpoint(tx, { processor: reaction.name, slot, from, to, handled: 0 });
    await writeDeadLetter(tx, { consumer: reaction.name, event, error: messageOf(error), attempts });
  });
  progress.failing = undefined;
  metrics.deadLetters.inc({ consumer: reaction.name });
  logger.error(log, 'processor.dead_letter');
  return 0;
}

/** Parked events that somebody asked to have handled again, each in a transaction of its own. */
async function handleRedriven(
  reaction: ProcessorReaction,
  slot: number,
  { outbox, pool, logger }: ProcessorRunnerOptions,
  signal: AbortSignal,
): Promise<void> {
  for (const stored of await readRedriven(pool, reaction.name)) {
    if (slotOf(reaction, stored) !== slot) continue;
    try {
      await outbox.transaction(noCause, async (tx) => {
        const event = readNewest(reaction.events, stored) as EventOf<AnyEventDefinition>;
        await handle(reaction, tx, [event], signal, logger);
        await moveCheckpoint(tx, { processor: reaction.name, slot, handled: 1 });
        await removeDeadLetter(tx, reaction.name, event.id);
      });
    } catch (error) {
      await writeDeadLetter(pool, {
        consumer: reaction.name,
        event: stored,
        error: messageOf(error),
        attempts: 1,
      });
    }
  }
}

function slotOf(reaction: ProcessorReaction, event: LogEvent): number {
  const slots = reaction.slots ?? 1;
  if (slots === 1) return 0;
  const key = reaction.slotKey?.(event as EventOf<AnyEventDefinition>) ?? event.aggregateId;
  return createHash('sha1').update(key).digest().readUInt32BE(0) % slots;
}
