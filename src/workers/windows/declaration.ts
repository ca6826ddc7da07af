/** What whoever declares a processor with windows says, and what is given to it. */
import type { ZodType } from 'zod';
import type { AnyEventDefinition } from '../../events/catalogue.ts';
import type { EventOf, NewEvent } from '../../events/define-event.ts';
import type { Tx } from '../../outbox/transaction.ts';
import type { HandlerContext, ProcessorReaction } from '../reaction.ts';

/** A window that has just been closed, or corrected since. */
export interface ClosedWindow<State> {
  readonly key: string;
  readonly start: Date;
  /** The first moment that does not belong to it */
  readonly end: Date;
  readonly state: State;
  /** How many events are folded into it; there are no windows without any */
  readonly events: number;
  /** 1 when it was closed; one more with each correction, which stands in place of the one before */
  readonly version: number;
}

export interface WindowContext extends HandlerContext {
  /** Records follow-up events, caused by the event that closed or corrected the window, in the same transaction. */
  record(...events: readonly NewEvent[]): void;
}

/**
 * What becomes of an event whose window is closed already. `ignore` counts it and leaves it out. `reopen` corrects the
 * window, and `closed` runs again with the next version. `park` makes a dead letter of it, whose redrive corrects the
 * window. A closed window can be corrected for `keepClosedMs` of event time after its end; what comes later still is parked.
 */
export type LateEvents =
  | { readonly late: 'ignore' }
  | { readonly late: 'reopen' | 'park'; readonly keepClosedMs: number };

export type TumblingDeclaration<Definition extends AnyEventDefinition, State> = Omit<
  ProcessorReaction<Definition>,
  'kind' | 'handle' | 'slotKey'
> & {
  /** Of every window, for the life of the processor */
  readonly sizeMs: number;
  /** A window is closed by the first event of the slot that is so much newer than its end. No event, no closing */
  readonly allowedLatenessMs: number;
  /**
   * How far an event's time may run ahead of when it was recorded, by the clock of Postgres, to close windows with all of
   * it: one clock that is wrong does not make everything else late. Default `allowedLatenessMs`
   */
  readonly maxAheadMs?: number;
  /** Whose window it is. The slots are shared by it too, so that every window has one place */
  readonly key: (event: EventOf<Definition>) => string;
  /** Of the state, which is kept as JSON; what older code wrote is read by it */
  readonly state: ZodType<State>;
  /** The state of a window before its first event */
  readonly initial: NoInfer<State>;
  /** Gives the state after one event more. No clock and no chance: it is run again after a crash and in a rebuild */
  readonly fold: (state: State, event: EventOf<Definition>) => NoInfer<State>;
  /**
   * Runs once for each version of a window, in the transaction that closes it, in order of their ends and keys. A throw
   * rolls everything back.
   */
  readonly closed: (tx: Tx, window: ClosedWindow<State>, context: WindowContext) => Promise<void>;
} & LateEvents;
