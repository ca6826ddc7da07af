/** Accounts and transfers as they are shown. */
import { z } from 'zod';
import type { Loaded } from '../../history/aggregate.ts';
import type { AccountState } from './account.ts';
import { minorUnitDigits } from './currency.ts';
import type { TransferState } from './transfer.ts';

/** Also how a stored answer is read back: what was answered under an idempotency key is kept as JSON. */
export const accountView = z.object({
  id: z.string(),
  owner: z.string(),
  currency: z.string(),
  /** Decimal text of minor units, like the limit */
  balance: z.string(),
  overdraftLimit: z.string(),
  minorUnitDigits: z.number(),
  status: z.enum(['OPEN', 'CLOSED']),
  version: z.number(),
  openedAt: z.coerce.date(),
  updatedAt: z.coerce.date(),
});
export type AccountView = Readonly<z.output<typeof accountView>>;

export const transferView = z.object({
  id: z.string(),
  fromAccountId: z.string(),
  toAccountId: z.string(),
  amount: z.string(),
  currency: z.string(),
  status: z.enum(['PENDING', 'COMPLETED', 'REFUNDED', 'FAILED']),
  /** Why it was refunded, or failed */
  reason: z.string().nullable(),
  createdAt: z.coerce.date(),
  updatedAt: z.coerce.date(),
});
export type TransferView = Readonly<z.output<typeof transferView>>;

/** null when there is none. */
export function showAccount(
  id: string,
  { state, version, occurredAt }: Loaded<AccountState>,
): AccountView | null {
  if (state.status === 'none') return null;
  const { owner, currency, balance, overdraftLimit, openedAt } = state;
  return {
    ...{ id, owner, currency, balance: String(balance), overdraftLimit: String(overdraftLimit) },
    minorUnitDigits: minorUnitDigits(currency),
    status: state.status === 'open' ? 'OPEN' : 'CLOSED',
    ...{ version, openedAt, updatedAt: occurredAt ?? openedAt },
  };
}

/** null when there is none. */
export function showTransfer(id: string, { state, occurredAt }: Loaded<TransferState>): TransferView | null {
  if (state.status === 'none') return null;
  const { fromAccountId, toAccountId, amount, currency, createdAt } = state;
  return {
    ...{ id, fromAccountId, toAccountId, amount: String(amount), currency },
    status: statuses[state.status],
    reason: 'reason' in state ? state.reason : null,
    ...{ createdAt, updatedAt: occurredAt ?? createdAt },
  };
}

const statuses = {
  pending: 'PENDING',
  completed: 'COMPLETED',
  refunded: 'REFUNDED',
  failed: 'FAILED',
} as const;
