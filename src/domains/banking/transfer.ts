/** The rules of a transfer: what became of money that left one account for another. Pure. */
import { defineAggregate, type Fact, fact, type PastEvent } from '../../history/aggregate.ts';
import { notFound } from '../../platform/errors.ts';
import * as events from './events.ts';

/** There is none of this id. */
export interface NoTransfer {
  readonly status: 'none';
}

interface Transferred {
  readonly fromAccountId: string;
  readonly toAccountId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly createdAt: Date;
}

/** The money is in flight. */
export interface PendingTransfer extends Transferred {
  readonly status: 'pending';
}

export interface CompletedTransfer extends Transferred {
  readonly status: 'completed';
}

/** The money is back, or in nobody's hands and waits for a person. */
export interface BrokenTransfer extends Transferred {
  readonly status: 'refunded' | 'failed';
  readonly reason: string;
}

export type TransferState = NoTransfer | PendingTransfer | CompletedTransfer | BrokenTransfer;

type TransferEvent = (typeof events.transferEvents)[number];
export type TransferFact = Fact<TransferEvent>;

export type TransferCommand = { readonly transferId: string } & (
  | {
      readonly type: 'start';
      readonly fromAccountId: string;
      readonly toAccountId: string;
      readonly amount: bigint;
      readonly currency: string;
    }
  | { readonly type: 'complete' }
  | { readonly type: 'refund' | 'fail'; readonly reason: string }
);

/** What happens. Throws NOT_FOUND. The saga sees to it that a transfer is started once, and comes to one end. */
export function decide(command: TransferCommand, state: TransferState): readonly TransferFact[] {
  const { transferId } = command;
  if (command.type === 'start') {
    if (state.status !== 'none') throw new Error(`transfer "${transferId}" was started before`);
    const { fromAccountId, toAccountId, amount, currency } = command;
    return [
      fact(events.transferStarted, {
        ...{ transferId, fromAccountId, toAccountId, amount: String(amount), currency },
      }),
    ];
  }
  if (state.status === 'none') throw notFound('transfer', transferId);
  if (state.status !== 'pending') throw new Error(`transfer "${transferId}" is ${state.status}`);
  switch (command.type) {
    case 'complete':
      return [fact(events.transferCompleted, { transferId })];
    case 'refund':
      return [fact(events.transferRefunded, { transferId, reason: command.reason })];
    case 'fail':
      return [fact(events.transferFailed, { transferId, reason: command.reason })];
    default:
      return command satisfies never;
  }
}

/** The state after one event more. */
export function evolve(state: TransferState, event: PastEvent<TransferEvent>): TransferState {
  if (event.type === 'bank.transfer_started') {
    const { fromAccountId, toAccountId, amount, currency } = event.payload;
    return {
      ...{ status: 'pending', fromAccountId, toAccountId, amount: BigInt(amount), currency },
      createdAt: event.occurredAt,
    };
  }
  if (state.status === 'none') return state;
  const { fromAccountId, toAccountId, amount, currency, createdAt } = state;
  const transferred = { fromAccountId, toAccountId, amount, currency, createdAt };
  switch (event.type) {
    case 'bank.transfer_completed':
      return { status: 'completed', ...transferred };
    case 'bank.transfer_refunded':
      return { status: 'refunded', ...transferred, reason: event.payload.reason };
    case 'bank.transfer_failed':
      return { status: 'failed', ...transferred, reason: event.payload.reason };
    default:
      return event satisfies never;
  }
}

/** It has two events: a snapshot would save nothing. */
export const transfer = defineAggregate<TransferState, TransferEvent>({
  type: 'transfer',
  events: events.transferEvents,
  initial: { status: 'none' },
  evolve,
});
