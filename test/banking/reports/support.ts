/** A bank without its API: commands on accounts and transfers as the rules have them, at instants that the test names. */
import { type AccountCommand, account, decide } from '../../../src/domains/banking/account.ts';
import {
  decide as decideTransfer,
  type TransferCommand,
  transfer,
} from '../../../src/domains/banking/transfer.ts';
import type { LogEvent } from '../../../src/events/envelope.ts';
import { changeIn } from '../../../src/history/change.ts';
import { createHistory } from '../../../src/history/history.ts';
import { readOutbox } from '../../../src/outbox/read-outbox.ts';
import type { Outbox, Tx } from '../../../src/outbox/transaction.ts';
import type { Database } from '../../../src/platform/postgres.ts';
import { cause } from '../../streaming/support.ts';

export const t0 = new Date('2026-03-01T12:00:00.000Z');
export const atMinute = (minutes: number) => new Date(t0.getTime() + minutes * 60_000);

const onAccount = (tx: Tx, now: Date, command: AccountCommand) =>
  changeIn(tx, account, command.accountId, { now, decide: (state) => decide(command, state) });
const onTransfer = (tx: Tx, now: Date, command: TransferCommand) =>
  changeIn(tx, transfer, command.transferId, { now, decide: (state) => decideTransfer(command, state) });

export function openBank(outbox: Outbox) {
  const history = createHistory(outbox);
  const run = (command: AccountCommand, now = t0) =>
    history.change(cause, account, command.accountId, { now, decide: (state) => decide(command, state) });
  const flight = (transferId: string, from: string, to: string, amount: bigint, currency = 'EUR') => ({
    sent: { type: 'send', accountId: from, toAccountId: to, transferId, amount, currency } as const,
    received: { type: 'receive', accountId: to, fromAccountId: from, transferId, amount, currency } as const,
    returned: { type: 'return', accountId: from, toAccountId: to, transferId, amount, currency } as const,
    started: { type: 'start', transferId, fromAccountId: from, toAccountId: to, amount, currency } as const,
  });
  const both = (now: Date, onIt: AccountCommand, ofIt: TransferCommand) =>
    outbox.transaction(cause, async (tx) => {
      await onAccount(tx, now, onIt);
      await onTransfer(tx, now, ofIt);
    });
  return {
    history,
    run,
    open: (
      accountId: string,
      initialDeposit = 0n,
      now = t0,
      more: { owner?: string; currency?: string } = {},
    ) =>
      run(
        {
          ...{ type: 'open', accountId, owner: more.owner ?? 'ann', currency: more.currency ?? 'EUR' },
          ...{ initialDeposit, overdraftLimit: 50_000n },
        },
        now,
      ),
    deposit: (accountId: string, amount: bigint, now = t0, description: string | null = null) =>
      run({ type: 'deposit', accountId, amount, description }, now),
    withdraw: (accountId: string, amount: bigint, now = t0, description: string | null = null) =>
      run({ type: 'withdraw', accountId, amount, description }, now),
    close: (accountId: string, now = t0) => run({ type: 'close', accountId }, now),
    /** Takes the money, and then, unless it stays in flight, gives it to the one or back to the other. */
    async transfer(
      id: string,
      from: string,
      to: string,
      amount: bigint,
      end: 'completed' | 'refunded' | 'pending' = 'completed',
      now = t0,
    ) {
      const { sent, received, returned, started } = flight(id, from, to, amount);
      await both(now, sent, started);
      if (end === 'completed') await both(now, received, { type: 'complete', transferId: id });
      if (end === 'refunded') await both(now, returned, { type: 'refund', transferId: id, reason: 'closed' });
    },
  };
}

export type Bank = ReturnType<typeof openBank>;

/** The recorded events of accounts, in the order of the log. */
export async function accountLog({ pool }: Database): Promise<LogEvent[]> {
  const rows = await readOutbox(pool, { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 10_000 });
  return rows
    .map(({ position, envelope }) => ({ ...(JSON.parse(envelope) as LogEvent), position }))
    .filter(({ aggregateType }) => aggregateType === 'account');
}

/** Both read models as they stand, amounts as text. */
export async function readModels({ pool }: Pick<Database, 'pool'>) {
  const rows = async (table: string, order: string) =>
    (await pool.query(`SELECT to_jsonb(t) AS row FROM ${table} AS t ORDER BY ${order}`)).rows.map(
      ({ row }) => row,
    );
  return {
    summaries: await rows('account_summary', 'id'),
    movements: await rows('account_movement', 'account_id, version'),
  };
}
