/**
 * How a reaction to events is declared. A *queue reaction* takes events as they come, in parallel, each with retries of its
 * own; by declaration it keeps those of a key in order, or takes several in one transaction. A *processor* takes the log
 * in order, in batches, one active reader per slot.
 */
import type { AnyEventDefinition } from '../events/catalogue.ts';
import type { EventOf, NewEvent } from '../events/define-event.ts';
import type { LogEvent } from '../events/envelope.ts';
import type { OrderedBy } from '../events/ordering.ts';
import type { Tx } from '../outbox/transaction.ts';
import type { Logger } from '../platform/logger.ts';

/** Where a consumer that is new starts to read the log. */
export type StartFrom = 'earliest' | 'latest' | number;

/** The pause before the next attempt doubles from `firstMs` up to `maxMs`, with jitter. */
export interface RetryPolicy {
  /** Then the event is poison. Default 5 */
  readonly attempts: number;
  /** Default 200 */
  readonly firstMs: number;
  /** Default 30_000 */
  readonly maxMs: number;
}

/** When events that cause each other are stopped: they become dead letters with the chain that led to them. */
export interface StormGuard {
  /** How many causes may lie between an event and a request. Default 10 */
  readonly maxDepth: number;
  /** Whether it may be set off by what it caused itself, as a saga is. Default false */
  readonly reentrant: boolean;
  /** How many events that other consumers caused it takes of one correlation id within a minute. Default 1_000 */
  readonly burst: number;
}

export interface HandlerContext {
  /** The current time; handlers do not ask the clock themselves */
  readonly now: Date;
  /** Aborted when the handler's time is up or the worker has to stop */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** What is given to a handler of one event. */
export interface EventContext extends HandlerContext {
  /** 1 for the first try */
  readonly attempt: number;
  /** Records follow-up events, caused by the event being handled, in the handler's transaction. */
  record(...events: readonly NewEvent[]): void;
}

/** What is given to a handler of several events. */
export interface BatchContext extends HandlerContext {
  /** Records follow-up events, caused by `cause`, in the batch's transaction. */
  record(cause: LogEvent, ...events: readonly NewEvent[]): void;
  /** The projection is built again: what it records has been recorded before, and is not written */
  readonly rebuilding?: boolean;
}

interface Declaration<Definition extends AnyEventDefinition> {
  /** The consumer's name, for ever: its inbox and checkpoint are kept under it */
  readonly name: string;
  /** What it does, in a few words, for operators */
  readonly about?: string;
  /** Definitions, or `matching(definitions, 'video.*')`. One that is added later counts from where the consumer is by then */
  readonly events: readonly Definition[];
  readonly startFrom?: StartFrom; // default earliest
  readonly retry?: Partial<RetryPolicy>;
  /** What becomes of an event whose attempts are used up: `park` makes it a dead letter, `hold` tries on for ever */
  readonly onPoison?: 'park' | 'hold'; // default park
  /** For each transaction, at most 12_000 */
  readonly timeoutMs?: number; // default 10_000, or 12_000 for a processor
  readonly storm?: Partial<StormGuard>;
  /** Runs after the commit, and may be lost: for signals only. */
  readonly afterCommit?: (events: readonly EventOf<Definition>[]) => void;
}

interface QueueDeclaration<Definition extends AnyEventDefinition> extends Declaration<Definition> {
  /** Transactions at a time in each process. Default 8, or 1 when it takes several events in one */
  readonly concurrency?: number;
  /** Keeps the events of a key in order, retries included; the keys are spread over lanes, which are fixed for its life */
  readonly ordered?: { readonly by: OrderedBy; readonly lanes?: number }; // default 16 lanes
  /** All processes together start at most `max` events in `perMs` */
  readonly rateLimit?: { readonly max: number; readonly perMs: number };
  /** After so many starts that ended with their process the event is poison. Default 50 */
  readonly starts?: number;
}

/** Handles each event in a transaction of its own. A throw rolls everything back and is retried. */
export interface HandlesOne<Definition extends AnyEventDefinition> {
  handle(tx: Tx, event: EventOf<Definition>, context: EventContext): Promise<void>;
}

/**
 * Handles up to `batchSize` events in one transaction, in position order within a key when it keeps them in order. A
 * batch that throws is rolled back and halved until the failing event stands alone; the others are handled.
 */
export interface HandlesBatch<Definition extends AnyEventDefinition> {
  readonly batchSize?: number; // default 100
  handleBatch(tx: Tx, events: readonly EventOf<Definition>[], context: BatchContext): Promise<void>;
}

export type QueueReaction<Definition extends AnyEventDefinition = AnyEventDefinition> = {
  readonly kind: 'queue';
} & QueueDeclaration<Definition> &
  (HandlesOne<Definition> | HandlesBatch<Definition>);

export interface ProcessorReaction<Definition extends AnyEventDefinition = AnyEventDefinition>
  extends Declaration<Definition> {
  readonly kind: 'processor';
  /** How many readers share it, fixed for its life; each takes the events whose `slotKey` falls to it */
  readonly slots?: number; // default 1
  readonly slotKey?: (event: EventOf<Definition>) => string; // default the aggregate id
  readonly batchSize?: number; // default 500
  /** The pause after a batch that took all there was, so that what comes meanwhile makes one batch */
  readonly lingerMs?: number; // default 50
  /** The tables that only it writes: what `npm run rebuild` builds again */
  readonly tables?: readonly string[];
  /**
   * `history`: its events are all of event-sourced aggregates, and it keeps to their order within an aggregate only, so
   * that a rebuild can begin with what the log no longer holds
   */
  readonly rebuildFrom?: 'log' | 'history'; // default log
  /** Runs in the transaction that moves the checkpoint. A throw rolls everything back. */
  handle(tx: Tx, events: readonly EventOf<Definition>[], context: BatchContext): Promise<void>;
}

export type Reaction = QueueReaction | ProcessorReaction;

/** Declares a queue reaction. Throws when the declaration contradicts itself. */
export function queueReaction<Definition extends AnyEventDefinition>(
  declaration: QueueDeclaration<Definition> & (HandlesOne<Definition> | HandlesBatch<Definition>),
): QueueReaction {
  const { name, ordered, rateLimit } = declaration;
  if (ordered && rateLimit)
    throw new Error(`consumer "${name}": a rate limit does not go with ordered lanes`);
  checkTimeout(declaration);
  return { kind: 'queue', ...declaration } as unknown as QueueReaction;
}

export function processor<Definition extends AnyEventDefinition>(
  declaration: Omit<ProcessorReaction<Definition>, 'kind'>,
): ProcessorReaction {
  checkTimeout(declaration);
  return { kind: 'processor', ...declaration } as unknown as ProcessorReaction;
}

const maxTimeoutMs = 12_000; // PostgreSQL and Prisma end a transaction after 15 s

function checkTimeout({ name, timeoutMs = 0 }: { readonly name: string; readonly timeoutMs?: number }): void {
  if (timeoutMs <= maxTimeoutMs) return;
  throw new Error(`consumer "${name}": a transaction may take ${maxTimeoutMs} ms at most: do less in one`);
}

/** What a declaration leaves open. */
export const retryOf = ({ retry }: Pick<Reaction, 'retry'>): RetryPolicy => ({
  attempts: 5,
  firstMs: 200,
  maxMs: 30_000,
  ...retry,
});

export const stormGuardOf = ({ storm }: Pick<Reaction, 'storm'>): StormGuard => ({
  maxDepth: 10,
  reentrant: false,
  burst: 1_000,
  ...storm,
});

/** How many queues a reaction's events are spread over; 0 when it keeps no order. */
export const lanesOf = (reaction: Reaction): number =>
  reaction.kind === 'queue' && reaction.ordered ? (reaction.ordered.lanes ?? 16) : 0;
