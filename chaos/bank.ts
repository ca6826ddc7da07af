/** Whether the money is all there: the histories against each other, the read models, and what customers were told. */
import type { Pool } from 'pg';
import type { Ledger } from './writers/customers.ts';
import { differing, type WrongEffect } from './wrong-effect.ts';

const bank = (what: string, expected: string, actual: string) => differing('bank', what, expected, actual);

/** What an event does to the balance of its account. */
const moved = `
  CASE type
    WHEN 'bank.account_opened' THEN (payload->>'initialDeposit')::numeric
    WHEN 'bank.money_deposited' THEN (payload->>'amount')::numeric
    WHEN 'bank.transfer_received' THEN (payload->>'amount')::numeric
    WHEN 'bank.transfer_returned' THEN (payload->>'amount')::numeric
    WHEN 'bank.account_closed' THEN 0
    ELSE -(payload->>'amount')::numeric
  END`;

/** Each finds nothing when every command was done once, and every transfer came to one end. */
export const bankChecks: readonly string[] = [
  bank(
    'balance of account',
    `SELECT aggregate_id, sum(${moved}) FROM history WHERE aggregate_type = 'account' GROUP BY 1`,
    'SELECT id, balance::numeric FROM account_summary',
  ),
  bank(
    'events in the history and in the log of',
    'SELECT aggregate_id, count(*)::int FROM history GROUP BY 1',
    "SELECT aggregate_id, count(*)::int FROM outbox WHERE aggregate_type IN ('account', 'transfer') GROUP BY 1",
  ),
  bank(
    'last version of',
    'SELECT aggregate_id, count(*)::int FROM history GROUP BY 1',
    'SELECT aggregate_id, max(version) FROM history GROUP BY 1',
  ),
  bank(
    'amounts sent, and received or returned, of transfer',
    `SELECT payload->>'transferId', sum((payload->>'amount')::numeric) FROM history WHERE type = 'bank.transfer_sent' GROUP BY 1`,
    `SELECT payload->>'transferId', sum((payload->>'amount')::numeric) FROM history
      WHERE type IN ('bank.transfer_received', 'bank.transfer_returned') GROUP BY 1`,
  ),
  bank(
    'started and completed, or refunded, transfer',
    `SELECT aggregate_id, 1 FROM history WHERE type = 'bank.transfer_started'`,
    `SELECT aggregate_id, count(*)::int FROM history
      WHERE type IN ('bank.transfer_completed', 'bank.transfer_refunded') GROUP BY 1`,
  ),
  bank(
    'transfers that are under way',
    "SELECT 'still', 0",
    `SELECT 'still', count(*)::int FROM saga WHERE status NOT IN ('COMPLETED', 'COMPENSATED')`,
  ),
];

/** What customers were told, against what is there. */
export async function findWrongMoney(
  pool: Pool,
  { paidIn, transfers }: Readonly<Ledger>,
): Promise<readonly WrongEffect[]> {
  const { rows } = await pool.query<WrongEffect>(
    bank(
      'money on all accounts',
      `SELECT 'together', ${paidIn}::numeric`,
      `SELECT 'together', coalesce(sum(${moved}), 0) FROM history WHERE aggregate_type = 'account'`,
    ),
  );
  const known = await pool.query<{ id: string }>(
    `SELECT aggregate_id AS id FROM history WHERE type = 'bank.transfer_started'`,
  );
  const started = new Set(known.rows.map(({ id }) => id));
  const missing = transfers
    .filter((id) => !started.has(id))
    .map((id) => ({
      service: 'bank',
      what: `transfer ${id}`,
      expected: 'accepted',
      actual: null,
      eventId: null,
    }));
  return [...rows, ...missing];
}
