/** What can happen in the bank. Amounts are whole minor units of the currency as decimal text: JSON numbers lose precision. */
import { z } from 'zod';
import { defineEvent } from '../../events/define-event.ts';

const amount = z.string().regex(/^[1-9]\d{0,17}$/);
const amountOrNone = z.string().regex(/^(0|[1-9]\d{0,17})$/);
const currency = z.string().regex(/^[A-Z]{3}$/);
const description = z.string().nullable();

/** What the events of an account are looked up by. */
export const accountKey = (accountId: string) => `account:${accountId}`;

const ofAccount = { account: ({ accountId }: { accountId: string }) => accountId };
const ofTransfer = { transfer: ({ transferId }: { transferId: string }) => transferId };
const account = { topic: 'bank', aggregateType: 'account', keys: ofAccount } as const;
const movement = { ...account, keys: { ...ofAccount, ...ofTransfer } } as const;
const transfer = {
  topic: 'bank',
  aggregateType: 'transfer',
  keys: ofTransfer,
} as const;

export const accountOpened = defineEvent(
  'bank.account_opened',
  z.object({
    accountId: z.string(),
    owner: z.string(),
    currency,
    initialDeposit: amountOrNone,
    overdraftLimit: amountOrNone,
  }),
  account,
);

/** The first accounts were all in euros, and their deposits did not say so. */
export const moneyDeposited = defineEvent(
  'bank.money_deposited',
  z.object({ accountId: z.string(), amount, description }),
  account,
).next(
  z.object({ accountId: z.string(), amount, currency, description }),
  (payload) => ({ ...payload, currency: 'EUR' }),
  { keys: ofAccount },
);

export const moneyWithdrawn = defineEvent(
  'bank.money_withdrawn',
  z.object({ accountId: z.string(), amount, currency, description }),
  account,
);

export const accountClosed = defineEvent('bank.account_closed', z.object({ accountId: z.string() }), account);

/** The money has left the account, and is in flight until it is received or returned. */
export const transferSent = defineEvent(
  'bank.transfer_sent',
  z.object({ accountId: z.string(), transferId: z.string(), toAccountId: z.string(), amount, currency }),
  movement,
);

export const transferReceived = defineEvent(
  'bank.transfer_received',
  z.object({ accountId: z.string(), transferId: z.string(), fromAccountId: z.string(), amount, currency }),
  movement,
);

/** What was sent is back: the other account did not take it. */
export const transferReturned = defineEvent(
  'bank.transfer_returned',
  z.object({ accountId: z.string(), transferId: z.string(), toAccountId: z.string(), amount, currency }),
  movement,
);

export const transferStarted = defineEvent(
  'bank.transfer_started',
  z.object({
    transferId: z.string(),
    fromAccountId: z.string(),
    toAccountId: z.string(),
    amount,
    currency,
  }),
  transfer,
);

export const transferCompleted = defineEvent(
  'bank.transfer_completed',
  z.object({ transferId: z.string() }),
  transfer,
);

export const transferRefunded = defineEvent(
  'bank.transfer_refunded',
  z.object({ transferId: z.string(), reason: z.string() }),
  transfer,
);

/** The money is neither received nor returned: a person has to look. */
export const transferFailed = defineEvent(
  'bank.transfer_failed',
  z.object({ transferId: z.string(), reason: z.string() }),
  transfer,
);

export const accountEvents = [
  accountOpened,
  moneyDeposited,
  moneyWithdrawn,
  accountClosed,
  transferSent,
  transferReceived,
  transferReturned,
] as const;

export const transferEvents = [transferStarted, transferCompleted, transferRefunded, transferFailed] as const;
