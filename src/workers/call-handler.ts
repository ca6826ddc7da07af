import type { AnyEventDefinition } from '../events/catalogue.ts';
import type { EventOf } from '../events/define-event.ts';
import { eventCause, requestCause } from '../events/envelope.ts';
import { recordBecause, type Tx } from '../outbox/transaction.ts';
import type { BatchContext, EventContext, Reaction } from './reaction.ts';

export type HandledEvent = EventOf<AnyEventDefinition>;

/** Every event that a handler records names the event that caused it; this one is never written. */
export const noCause = requestCause('worker');

export interface CallContext extends Pick<EventContext, 'signal' | 'logger'> {
  readonly attempt?: number; // default 1
  readonly now?: Date; // default the current time
}

/**
 * Calls the reaction's handler on these events, in their newest shape, in this transaction of `Outbox.transaction`: all at
 * once, or one after the other when it handles them singly. Tests of a reaction call it too.
 */
export async function callHandler(
  reaction: Reaction,
  tx: Tx,
  events: readonly HandledEvent[],
  { signal, logger, attempt = 1, now = new Date() }: CallContext,
): Promise<void> {
  const recordFor: BatchContext['record'] = (cause, ...recorded) =>
    recordBecause(tx, eventCause(cause, reaction.name), ...recorded);
  const batch = { signal, logger, now, record: recordFor };
  if (reaction.kind === 'processor') return reaction.handle(tx, events, batch);
  if ('handleBatch' in reaction) return reaction.handleBatch(tx, events, batch);
  for (const event of events) {
    const record: EventContext['record'] = (...recorded) => recordFor(event, ...recorded);
    await reaction.handle(tx, event, { signal, logger, now, attempt, record });
  }
}
