/**
 * What customers of the bank can do. Each command appends its events to the history and to the outbox, or neither. All
 * throw BAD_USER_INPUT for arguments that are not right, and NOT_FOUND for accounts that do not exist; with an
 * idempotency key also IDEMPOTENCY_KEY_REUSED, and the same key again gives the first answer with no second effect.
 */
import { randomUUIDv7 } from 'node:crypto';
import type { Cause } from '../../events/envelope.ts';
import type { History } from '../../history/history.ts';
import { DomainError, notFound, wrongArgument } from '../../platform/errors.ts';
import { checkText, isUuid } from '../check.ts';
import { type Keyed, type KeyedCommand, keyed } from '../idempotency.ts';
import { type AccountCommand, account, decide } from './account.ts';
import { checkCurrency } from './currency.ts';
import { inHistory, inTurnOf } from './keyed.ts';
import { readAmount, readAmountOrNone } from './money.ts';
import { type AccountView, accountView, showAccount } from './views.ts';

type Nullable<Value> = Value | null | undefined;

type OfAccount = Keyed & {
  readonly accountId: string;
  /** Refuses with VERSION_CONFLICT unless the account is at this version */
  readonly expectedVersion?: Nullable<number>;
};

/** With a key it takes its turn: many who want the same account wait without a connection in hand. */
const command = <Args extends OfAccount>(
  operation: string,
  run: KeyedCommand<History, Args, AccountView>['run'],
) => keyed({ operation, answer: accountView, within: inTurnOf<Args>(({ accountId }) => accountId), run });

export type OpenAccount = Keyed & {
  readonly owner: string;
  readonly currency: string;
  /** Decimal text of minor units, from 0, like the limit */
  readonly initialDeposit: string;
  readonly overdraftLimit: string;
};

export const openAccount = keyed<History, OpenAccount, AccountView>({
  operation: 'openAccount',
  answer: accountView,
  within: inHistory,
  async run(history, cause, { owner, currency, ...amounts }, now) {
    checkText('owner', owner);
    checkCurrency(currency);
    const initialDeposit = readAmountOrNone('initialDeposit', amounts.initialDeposit);
    const overdraftLimit = readAmountOrNone('overdraftLimit', amounts.overdraftLimit);
    const accountId = randomUUIDv7();
    const opened = { type: 'open', accountId, owner, currency, initialDeposit, overdraftLimit } as const;
    return changeAccount(history, cause, opened, { accountId }, now);
  },
});

export type Movement = OfAccount & {
  /** Decimal text of minor units, from 1 */
  readonly amount: string;
  readonly description?: Nullable<string>;
};

/** Throws ACCOUNT_CLOSED and VERSION_CONFLICT, and BAD_USER_INPUT when the balance would leave its range. */
export const deposit = command<Movement>('deposit', (history, cause, movement, now) =>
  move('deposit', history, cause, movement, now),
);

/** Throws INSUFFICIENT_FUNDS beyond balance and overdraft limit, ACCOUNT_CLOSED and VERSION_CONFLICT. */
export const withdraw = command<Movement>('withdraw', (history, cause, movement, now) =>
  move('withdraw', history, cause, movement, now),
);

async function move(
  type: 'deposit' | 'withdraw',
  history: History,
  cause: Cause,
  movement: Movement,
  now: Date,
): Promise<AccountView> {
  const { accountId } = movement;
  const amount = readAmount('amount', movement.amount);
  const description = movement.description ?? null;
  if (description !== null) checkText('description', description);
  return changeAccount(history, cause, { type, accountId, amount, description }, movement, now);
}

/** Throws INSUFFICIENT_FUNDS while it is overdrawn, ACCOUNT_CLOSED when it is closed already, VERSION_CONFLICT. */
export const closeAccount = command<OfAccount>('closeAccount', async (history, cause, asked, now) =>
  changeAccount(history, cause, { type: 'close', accountId: asked.accountId }, asked, now),
);

async function changeAccount(
  history: History,
  cause: Cause,
  command: AccountCommand,
  { accountId: id, expectedVersion = null }: OfAccount,
  now: Date,
): Promise<AccountView> {
  checkAccountId('accountId', id);
  if (expectedVersion !== null && expectedVersion < 1)
    throw wrongArgument('expectedVersion', 'must be at least 1: an account is at version 1 once it is open.');
  const change = { now, expectedVersion, decide: (state: typeof account.initial) => decide(command, state) };
  try {
    return showAccount(id, await history.change(cause, account, id, change))!;
  } catch (error) {
    throw isOfNothing(error) ? notFound('account', id) : error;
  }
}

/** Whether a version was expected of an account that does not exist. */
const isOfNothing = (error: unknown) =>
  error instanceof DomainError && error.code === 'VERSION_CONFLICT' && error.details.currentVersion === 0;

/** Throws BAD_USER_INPUT, and NOT_FOUND for what can be no account's id. */
export function checkAccountId(name: string, id: string): void {
  checkText(name, id);
  if (!isUuid(id)) throw notFound('account', id);
}
