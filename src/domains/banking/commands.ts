/**
 * What customers of the bank can do. Each command appends its events to the history and to the outbox, or neither. All
 * throw BAD_USER_INPUT for arguments that are not right, and NOT_FOUND for accounts that do not exist; with an
 * idempotency key also IDEMPOTENCY_KEY_REUSED, and the same key again gives the first answer with no second effect.
 */
import { randomUUIDv7 } from 'node:crypto';
import type { Cause } from '../../events/envelope.ts';
import { changeIn } from '../../history/change.ts';
import type { History } from '../../history/history.ts';
import { badUserInput, DomainError, notFound } from '../../platform/errors.ts';
import { checkText, isUuid } from '../check.ts';
import { type OnceRequest, once } from '../idempotency.ts';
import { type AccountCommand, account, decide } from './account.ts';
import { checkCurrency } from './currency.ts';
import { readAmount, readAmountOrNone } from './money.ts';
import { type AccountView, accountView, showAccount } from './views.ts';

type Nullable<Value> = Value | null | undefined;

interface Keyed {
  readonly idempotencyKey?: Nullable<string>;
}

interface Versioned extends Keyed {
  /** Refuses with VERSION_CONFLICT unless the account is at this version */
  readonly expectedVersion?: Nullable<number>;
}

export interface OpenAccount extends Keyed {
  readonly owner: string;
  readonly currency: string;
  /** Decimal text of minor units, from 0, like the limit */
  readonly initialDeposit: string;
  readonly overdraftLimit: string;
}

export async function openAccount(
  history: History,
  cause: Cause,
  { idempotencyKey, ...asked }: OpenAccount,
  now: Date,
): Promise<AccountView> {
  const { owner, currency } = asked;
  checkText('owner', owner);
  checkCurrency(currency);
  const initialDeposit = readAmountOrNone('initialDeposit', asked.initialDeposit);
  const overdraftLimit = readAmountOrNone('overdraftLimit', asked.overdraftLimit);
  const accountId = randomUUIDv7();
  return changeAccount(history, cause, {
    command: { type: 'open', accountId, owner, currency, initialDeposit, overdraftLimit },
    asked: { operation: 'openAccount', key: idempotencyKey, arguments: asked },
    now,
  });
}

export interface Movement extends Versioned {
  readonly accountId: string;
  /** Decimal text of minor units, from 1 */
  readonly amount: string;
  readonly description?: Nullable<string>;
}

/** Throws ACCOUNT_CLOSED and VERSION_CONFLICT, and BAD_USER_INPUT when the balance would leave its range. */
export const deposit = (history: History, cause: Cause, movement: Movement, now: Date) =>
  move('deposit', history, cause, movement, now);

/** Throws INSUFFICIENT_FUNDS beyond balance and overdraft limit, ACCOUNT_CLOSED and VERSION_CONFLICT. */
export const withdraw = (history: History, cause: Cause, movement: Movement, now: Date) =>
  move('withdraw', history, cause, movement, now);

async function move(
  type: 'deposit' | 'withdraw',
  history: History,
  cause: Cause,
  { accountId, expectedVersion, idempotencyKey, ...movement }: Movement,
  now: Date,
): Promise<AccountView> {
  const amount = readAmount('amount', movement.amount);
  const description = movement.description ?? null;
  if (description !== null) checkText('description', description);
  return changeAccount(history, cause, {
    command: { type, accountId, amount, description },
    expectedVersion,
    asked: {
      operation: type,
      key: idempotencyKey,
      arguments: { accountId, amount: movement.amount, description },
    },
    now,
  });
}

/** Throws INSUFFICIENT_FUNDS while it is overdrawn, ACCOUNT_CLOSED when it is closed already, VERSION_CONFLICT. */
export const closeAccount = (
  history: History,
  cause: Cause,
  { accountId, expectedVersion, idempotencyKey }: Versioned & { readonly accountId: string },
  now: Date,
): Promise<AccountView> =>
  changeAccount(history, cause, {
    command: { type: 'close', accountId },
    expectedVersion,
    asked: { operation: 'closeAccount', key: idempotencyKey, arguments: { accountId } },
    now,
  });

interface AccountChange {
  readonly command: AccountCommand;
  readonly expectedVersion?: Nullable<number>;
  readonly asked: Omit<OnceRequest<AccountView>, 'answer'>;
  readonly now: Date;
}

async function changeAccount(
  history: History,
  cause: Cause,
  { command, expectedVersion = null, asked, now }: AccountChange,
): Promise<AccountView> {
  const { accountId: id } = command;
  checkAccountId('accountId', id);
  if (expectedVersion !== null && expectedVersion < 1)
    throw badUserInput('expectedVersion must be at least 1: an account is at version 1 once it is open.');
  const change = { now, expectedVersion, decide: (state: typeof account.initial) => decide(command, state) };
  try {
    if (asked.key == null) return showAccount(id, await history.change(cause, account, id, change))!;
    const request = { ...asked, arguments: { ...asked.arguments, expectedVersion }, answer: accountView };
    return await history.inTurn(account, id, () =>
      history.outbox.transaction(cause, (tx) =>
        once(tx, request, async () => showAccount(id, await changeIn(tx, account, id, change))!),
      ),
    );
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
