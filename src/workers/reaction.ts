/**
 * How a reaction to events is declared. A *queue reaction* runs each event on its own, in parallel, with retries. A
 * *processor* takes the log in order, in batches, one active reader per slot.
 */
import type { AnyEventDefinition } from '../events/catalogue.ts';
import type { EventOf, NewEvent } from '../events/define-event.ts';
import type { LogEvent } from '../events/envelope.ts';
import type { Tx } from '../outbox/transaction.ts';
import type { Logger } from '../platform/logger.ts';

/** Where a consumer that is new starts to read the log. */
export type StartFrom = 'earliest' | 'latest' | number;

export interface HandlerContext {
  /** The current time; handlers do not ask the clock themselves */
  readonly now: Date;
  /** Aborted when the handler's time is up or the worker has to stop */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

export interface QueueContext extends HandlerContext {
  /** 1 for the first try */
  readonly attempt: number;
  /** Records follow-up events, caused by the event being handled, in the handler's transaction. */
  record(...events: readonly NewEvent[]): void;
}

export interface ProcessorContext extends HandlerContext {
  /** Records follow-up events, caused by `cause`, in the batch's transaction. */
  record(cause: LogEvent, ...events: readonly NewEvent[]): void;
}

interface Declaration<Definition extends AnyEventDefinition> {
  /** The consumer's name, for ever: its inbox and checkpoint are kept under it */
  readonly name: string;
  /** One that is added later counts from where the consumer is by then */
  readonly events: readonly Definition[];
  readonly startFrom?: StartFrom; // default earliest
  /** Runs after the commit, and may be lost: for signals only. */
  readonly afterCommit?: (events: readonly EventOf<Definition>[]) => void;
}

export interface QueueReaction<Definition extends AnyEventDefinition = AnyEventDefinition>
  extends Declaration<Definition> {
  readonly kind: 'queue';
  readonly concurrency?: number; // default 8
  readonly attempts?: number; // default 5, then a dead letter
  readonly timeoutMs?: number; // default 10_000
  /** Runs in the transaction that writes the inbox row. A throw rolls everything back and is retried. */
  handle(tx: Tx, event: EventOf<Definition>, context: QueueContext): Promise<void>;
}

export interface ProcessorReaction<Definition extends AnyEventDefinition = AnyEventDefinition>
  extends Declaration<Definition> {
  readonly kind: 'processor';
  /** How many readers share it, fixed for its life; each takes the events whose `slotKey` falls to it */
  readonly slots?: number; // default 1
  readonly slotKey?: (event: EventOf<Definition>) => string; // default the aggregate id
  readonly batchSize?: number; // default 500
  /** The pause after a batch that took all there was, so that what comes meanwhile makes one batch */
  readonly lingerMs?: number; // default 50
  readonly attempts?: number; // default 5, for an event that fails on its own
  /** What becomes of an event that fails on its own, attempts used up: `park` makes it a dead letter, `hold` waits */
  readonly onPoison?: 'park' | 'hold'; // default park
  /** Runs in the transaction that moves the checkpoint. A throw rolls everything back. */
  handle(tx: Tx, events: readonly EventOf<Definition>[], context: ProcessorContext): Promise<void>;
}

export type Reaction = QueueReaction | ProcessorReaction;

export function queueReaction<Definition extends AnyEventDefinition>(
  declaration: Omit<QueueReaction<Definition>, 'kind'>,
): QueueReaction {
  return { kind: 'queue', ...declaration } as unknown as QueueReaction;
}

export function processor<Definition extends AnyEventDefinition>(
  declaration: Omit<ProcessorReaction<Definition>, 'kind'>,
): ProcessorReaction {
  return { kind: 'processor', ...declaration } as unknown as ProcessorReaction;
}
