import { accountEvents } from '../../domains/banking/events.ts';
import { type AccountEvent, fold, type Gap, gapsBefore } from '../../domains/banking/read-models/fold.ts';
import type { LogEvent } from '../../events/envelope.ts';
import type { AccountMovement, AccountSummary } from '../../generated/prisma/client.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { processor, type Reaction } from '../reaction.ts';
import { readNewest } from '../read-newest.ts';

/** Keeps the list of accounts and their movements. Each event counts once: by the version of its account. */
export const accounts: Reaction = processor<(typeof accountEvents)[number]>({
  name: 'accounts',
  about: 'keeps the list of accounts, and what moved on each',
  events: accountEvents,
  tables: ['account_summary', 'account_movement'],
  rebuildFrom: 'history',
  // it causes nothing, so that many events of one request, such as a payroll, are no storm
  storm: { burst: 100_000 },
  onPoison: 'hold', // without one event every balance after it would be wrong
  async handle(tx, events) {
    const known = await readSummaries(tx, events);
    const missing = await readGaps(tx, gapsBefore(known, events));
    const all = [...missing, ...events].sort((one, other) => one.aggregateVersion - other.aggregateVersion);
    const { summaries, movements } = fold(known, all);
    if (summaries.length > 0) await writeSummaries(tx, summaries);
    if (movements.length > 0) await insertMovements(tx, movements);
  },
});

function readSummaries(
  tx: Tx,
  events: readonly { readonly aggregateId: string }[],
): Promise<AccountSummary[]> {
  const ids = [...new Set(events.map(({ aggregateId }) => aggregateId))];
  return tx.$queryRaw<AccountSummary[]>`
    SELECT id, owner, currency, balance, overdraft_limit AS "overdraftLimit", status, version, opened_at AS "openedAt",
           updated_at AS "updatedAt"
      FROM account_summary
     WHERE id = ANY (${ids}::text[])`;
}

/** By the history, in which every event stands that the log has told of. */
async function readGaps(tx: Tx, gaps: readonly Gap[]): Promise<readonly AccountEvent[]> {
  if (gaps.length === 0) return [];
  const rows = await tx.$queryRaw<LogEvent[]>`
    SELECT history.type, schema_version AS "schemaVersion", aggregate_id AS "aggregateId", version AS "aggregateVersion",
           to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "occurredAt", payload
      FROM jsonb_to_recordset(${JSON.stringify(gaps)}::jsonb) AS gap (id text, after int, before int)
      JOIN history ON aggregate_type = 'account' AND aggregate_id = gap.id AND version > after AND version < before`;
  return rows.map((row) => readNewest(accountEvents, row) as AccountEvent);
}

async function writeSummaries(tx: Tx, summaries: readonly AccountSummary[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO account_summary (id, owner, currency, balance, overdraft_limit, status, version, opened_at, updated_at)
    SELECT id, owner, currency, balance, "overdraftLimit", status, version, "openedAt", "updatedAt"
      FROM jsonb_to_recordset(${toJson(summaries)}::jsonb)
        AS summary (id text, owner text, currency text, balance bigint, "overdraftLimit" bigint, status account_status,
                    version int, "openedAt" timestamptz, "updatedAt" timestamptz)
    ON CONFLICT (id) DO UPDATE
       SET balance = EXCLUDED.balance, status = EXCLUDED.status, version = EXCLUDED.version,
           updated_at = EXCLUDED.updated_at`;
}

async function insertMovements(tx: Tx, movements: readonly AccountMovement[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO account_movement (account_id, version, at, kind, amount, balance, description, transfer_id, counterparty_id)
    SELECT "accountId", version, at, kind, amount, balance, description, "transferId", "counterpartyId"
      FROM jsonb_to_recordset(${toJson(movements)}::jsonb)
        AS movement ("accountId" text, version int, at timestamptz, kind account_movement_kind, amount bigint,
                     balance bigint, description text, "transferId" text, "counterpartyId" text)`;
}

/** Amounts as text: a JSON number loses precision. */
const toJson = (rows: readonly object[]) =>
  JSON.stringify(rows, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
