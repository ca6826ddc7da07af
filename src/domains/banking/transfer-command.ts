import { randomUUIDv7 } from 'node:crypto';
import { readIn } from '../../history/change.ts';
import type { History } from '../../history/history.ts';
import { load } from '../../history/load.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { badUserInput, notFound } from '../../platform/errors.ts';
import { startSaga } from '../../sagas/run.ts';
import { type Keyed, keyed } from '../idempotency.ts';
import { account } from './account.ts';
import { checkAccountId } from './commands.ts';
import { inTurnOf } from './keyed.ts';
import { readAmount } from './money.ts';
import { transferSaga } from './transfer-saga.ts';
import { type TransferView, transferView } from './views.ts';

export type Transfer = Keyed & {
  readonly fromAccountId: string;
  readonly toAccountId: string;
  /** Decimal text of minor units, from 1 */
  readonly amount: string;
};

/**
 * Sends money on its way: once this has answered it has left the one account, and workers see to it that the other
 * receives it, or that it comes back when that is closed or cannot take it, or when no worker ran for ten minutes. Throws NOT_FOUND for either account,
 * CURRENCY_MISMATCH, and of the sending one INSUFFICIENT_FUNDS and ACCOUNT_CLOSED; the other errors are those of all
 * commands.
 */
export const transfer = keyed<History, Transfer, TransferView>({
  operation: 'transfer',
  answer: transferView,
  within: inTurnOf<Transfer>(({ fromAccountId }) => fromAccountId),
  async run(history, cause, asked, now) {
    const { fromAccountId, toAccountId, amount } = asked;
    readAmount('amount', amount);
    checkAccountId('fromAccountId', fromAccountId);
    checkAccountId('toAccountId', toAccountId);
    if (fromAccountId === toAccountId)
      throw badUserInput('fromAccountId and toAccountId must be different accounts.');
    return history.inTurn(account, fromAccountId, () =>
      history.outbox.transaction(cause, (tx) => startTransfer(tx, asked, now)),
    );
  },
});

async function startTransfer(
  tx: Tx,
  { fromAccountId, toAccountId, amount }: Transfer,
  now: Date,
): Promise<TransferView> {
  // not locked: that it exists, and its currency, never change
  const { state: receiver } = await load(readIn(tx), account, toAccountId);
  if (receiver.status === 'none') throw notFound('account', toAccountId);
  const id = randomUUIDv7();
  const data = { fromAccountId, toAccountId, amount, currency: receiver.currency };
  await startSaga(tx, transferSaga, { id, data, now });
  return { id, ...data, status: 'PENDING', reason: null, createdAt: now, updatedAt: now };
}
