/**
 * How money gets from one account to another: it leaves the one in the transaction that starts the transfer, and is then
 * in flight until the other receives it, or until it is back. Each step holds the saga, then one account, then the
 * transfer: steps of different transfers never wait for each other in a circle.
 */
import { z } from 'zod';
import { changeIn } from '../../history/change.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { defineSaga, type SagaContext } from '../../sagas/saga.ts';
import { type AccountCommand, account, decide as decideAccount } from './account.ts';
import { decide as decideTransfer, type TransferCommand, transfer } from './transfer.ts';

const data = z.object({
  fromAccountId: z.string(),
  toAccountId: z.string(),
  /** Decimal text of minor units */
  amount: z.string(),
  /** Of the account that receives it */
  currency: z.string(),
});

type Context = SagaContext<z.output<typeof data>>;

const changeAccount = (tx: Tx, { now }: Context, command: AccountCommand) =>
  changeIn(tx, account, command.accountId, { now, decide: (state) => decideAccount(command, state) });

const changeTransfer = (tx: Tx, { now }: Context, command: TransferCommand) =>
  changeIn(tx, transfer, command.transferId, { now, decide: (state) => decideTransfer(command, state) });

/** What of the data both sides of the movement tell. */
const movedOf = ({ id, data: { amount, currency } }: Context) => ({
  ...{ transferId: id, amount: BigInt(amount), currency },
});

export const transferSaga = defineSaga({
  name: 'transfer',
  data,
  steps: [
    {
      name: 'send',
      async do(tx, context) {
        const { fromAccountId, toAccountId } = context.data;
        const moved = movedOf(context);
        await changeAccount(tx, context, { type: 'send', accountId: fromAccountId, toAccountId, ...moved });
        await changeTransfer(tx, context, { type: 'start', fromAccountId, toAccountId, ...moved });
        return context.data;
      },
      async undo(tx, context) {
        const { fromAccountId, toAccountId } = context.data;
        const moved = movedOf(context);
        await changeAccount(tx, context, { type: 'return', accountId: fromAccountId, toAccountId, ...moved });
      },
    },
    {
      name: 'receive',
      timeoutMs: 600_000, // workers may be away for a deployment or an outage, which is no reason to send money back
      async do(tx, context) {
        const { fromAccountId, toAccountId } = context.data;
        const moved = movedOf(context);
        await changeAccount(tx, context, {
          type: 'receive',
          accountId: toAccountId,
          fromAccountId,
          ...moved,
        });
        return context.data;
      },
    },
  ],
  async completed(tx, context) {
    await changeTransfer(tx, context, { type: 'complete', transferId: context.id });
  },
  async compensated(tx, context, reason) {
    await changeTransfer(tx, context, { type: 'refund', transferId: context.id, reason });
  },
  async failed(tx, context, reason) {
    await changeTransfer(tx, context, { type: 'fail', transferId: context.id, reason });
  },
});
