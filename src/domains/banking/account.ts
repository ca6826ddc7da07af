/** The rules of an account: its state as it follows from its events, and what a command leads to. Pure. */
import { z } from 'zod';
import { defineAggregate, type Fact, fact, type PastEvent } from '../../history/aggregate.ts';
import { badUserInput, DomainError, notFound } from '../../platform/errors.ts';
import * as events from './events.ts';
import { isKeepable, maxMoney } from './money.ts';

/** There is none of this id. */
export interface NoAccount {
  readonly status: 'none';
}

interface Held {
  readonly owner: string;
  readonly currency: string;
  /** Minor units; negative as far as the overdraft limit goes */
  readonly balance: bigint;
  readonly overdraftLimit: bigint;
  readonly openedAt: Date;
}

export interface OpenAccount extends Held {
  readonly status: 'open';
}

/** Nothing moves any more, except that what was sent before may come back. */
export interface ClosedAccount extends Held {
  readonly status: 'closed';
}

export type AccountState = NoAccount | OpenAccount | ClosedAccount;

type AccountEvent = (typeof events.accountEvents)[number];
export type AccountFact = Fact<AccountEvent>;

/** Amounts are at least 1, unless they may be 0 by name. */
export type AccountCommand = { readonly accountId: string } & (
  | {
      readonly type: 'open';
      readonly owner: string;
      readonly currency: string;
      readonly initialDeposit: bigint; // or 0
      readonly overdraftLimit: bigint; // or 0
    }
  | { readonly type: 'deposit' | 'withdraw'; readonly amount: bigint; readonly description: string | null }
  | { readonly type: 'close' }
  | ({ readonly type: 'send' | 'return'; readonly toAccountId: string } & Moved)
  | ({ readonly type: 'receive'; readonly fromAccountId: string } & Moved)
);

interface Moved {
  readonly transferId: string;
  readonly amount: bigint;
  /** Of the other account */
  readonly currency: string;
}

/**
 * What happens. Throws NOT_FOUND, ACCOUNT_CLOSED, INSUFFICIENT_FUNDS, CURRENCY_MISMATCH, and BAD_USER_INPUT when the
 * balance would leave its range.
 */
export function decide(command: AccountCommand, state: AccountState): readonly AccountFact[] {
  const { accountId } = command;
  if (command.type === 'open') return open(command, state);
  if (state.status === 'none') throw notFound('account', accountId);
  if (state.status === 'closed' && command.type !== 'return')
    throw new DomainError('ACCOUNT_CLOSED', `Account "${accountId}" is closed.`);
  const { currency } = state;
  switch (command.type) {
    case 'deposit': {
      const { amount, description } = command;
      checkKeepable(state, amount);
      return [fact(events.moneyDeposited, { accountId, amount: String(amount), currency, description })];
    }
    case 'withdraw': {
      const { amount, description } = command;
      checkFunds(accountId, state, amount);
      return [fact(events.moneyWithdrawn, { accountId, amount: String(amount), currency, description })];
    }
    case 'send':
      checkSameCurrency(state, command);
      checkFunds(accountId, state, command.amount);
      return [fact(events.transferSent, movementOf(command, { toAccountId: command.toAccountId }))];
    case 'receive':
      checkSameCurrency(state, command);
      // the sender reads why: it tells nothing of the balance
      if (!isKeepable(state.balance + command.amount))
        throw badUserInput('The receiving account cannot hold so much.');
      return [fact(events.transferReceived, movementOf(command, { fromAccountId: command.fromAccountId }))];
    case 'return': // never refused: it was on this account before, and can be nowhere else
      return [fact(events.transferReturned, movementOf(command, { toAccountId: command.toAccountId }))];
    case 'close':
      if (state.balance < 0n) {
        throw insufficientFunds(
          `Account "${accountId}" is overdrawn: pay in ${-state.balance} before it is closed.`,
          0n,
        );
      }
      return [fact(events.accountClosed, { accountId })];
    default:
      return command satisfies never;
  }
}

function open(command: AccountCommand & { type: 'open' }, state: AccountState): readonly AccountFact[] {
  const { accountId, owner, currency } = command;
  if (state.status !== 'none') throw new Error(`account "${accountId}" was opened before`);
  const [initialDeposit, overdraftLimit] = [String(command.initialDeposit), String(command.overdraftLimit)];
  return [fact(events.accountOpened, { accountId, owner, currency, initialDeposit, overdraftLimit })];
}

const movementOf = <Other extends object>(
  { accountId, transferId, amount, currency }: Moved & { readonly accountId: string },
  other: Other,
) => ({ accountId, transferId, ...other, amount: String(amount), currency });

function checkFunds(accountId: string, { balance, overdraftLimit }: Held, amount: bigint): void {
  const available = balance + overdraftLimit;
  if (amount <= available) return;
  throw insufficientFunds(
    `Account "${accountId}" cannot pay ${amount}: balance and overdraft limit make ${available}.`,
    available,
  );
}

const insufficientFunds = (message: string, available: bigint) =>
  new DomainError('INSUFFICIENT_FUNDS', message, { details: { available: String(available) } });

function checkKeepable({ balance }: Held, amount: bigint): void {
  if (isKeepable(balance + amount)) return;
  const room = maxMoney - balance;
  throw badUserInput(
    `The balance must not become more than ${maxMoney}: ${room > 0n ? `pay in at most ${room}` : 'nothing more can be paid in'}.`,
    'amount',
  );
}

function checkSameCurrency({ currency }: Held, moved: Moved): void {
  if (moved.currency === currency) return;
  throw new DomainError(
    'CURRENCY_MISMATCH',
    `Money moves between accounts of one currency only: these are in ${currency} and ${moved.currency}.`,
  );
}

/** The state after one event more. */
export function evolve(state: AccountState, event: PastEvent<AccountEvent>): AccountState {
  if (event.type === 'bank.account_opened') {
    const { owner, currency, initialDeposit, overdraftLimit } = event.payload;
    return {
      status: 'open',
      ...{ owner, currency, balance: BigInt(initialDeposit), overdraftLimit: BigInt(overdraftLimit) },
      openedAt: event.occurredAt,
    };
  }
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'bank.money_deposited':
    case 'bank.transfer_received':
    case 'bank.transfer_returned':
      return { ...state, balance: state.balance + BigInt(event.payload.amount) };
    case 'bank.money_withdrawn':
    case 'bank.transfer_sent':
      return { ...state, balance: state.balance - BigInt(event.payload.amount) };
    case 'bank.account_closed':
      return { ...state, status: 'closed' };
    default:
      return event satisfies never;
  }
}

const money = z.codec(z.string().regex(/^-?\d+$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: String,
});
const instant = z.codec(z.string(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});

export const account = defineAggregate<AccountState, AccountEvent>({
  type: 'account',
  events: events.accountEvents,
  initial: { status: 'none' },
  evolve,
  snapshots: {
    every: 100,
    schemaVersion: 1,
    schema: z.discriminatedUnion('status', [
      z.object({ status: z.literal('none') }),
      z.object({
        status: z.enum(['open', 'closed']),
        owner: z.string(),
        currency: z.string(),
        balance: money,
        overdraftLimit: money,
        openedAt: instant,
      }),
    ]) as z.ZodType<AccountState>,
  },
});
