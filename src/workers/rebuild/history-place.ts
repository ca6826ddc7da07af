/** How far a rebuild has come in the history: a row beside its copies, which goes with them. */
import type { Pool } from 'pg';
import type { Tx } from '../../outbox/transaction.ts';
import { quote } from '../../platform/schemas.ts';

export interface HistoryPlace {
  /** Events up to this position of the log are taken from the history, those above from the log */
  readonly cut: number;
  /** Of the last event that was handled; empty before the first */
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly done: boolean;
}

const tableOf = (schema: string) => `${quote(schema)}.history_place`;

/** Every event up to the cut must be committed: a slot that is live is past nothing else. */
export async function startHistory(tx: Tx, schema: string, cut: number): Promise<void> {
  await tx.$executeRawUnsafe(
    `CREATE TABLE ${tableOf(schema)} (cut bigint, aggregate_type text, aggregate_id text, version int, done boolean)`,
  );
  await tx.$executeRawUnsafe(`INSERT INTO ${tableOf(schema)} VALUES ($1::bigint, '', '', 0, false)`, cut);
}

/** Undefined when the rebuild was begun without the history. */
export async function readHistoryPlace(pool: Pool, schema: string): Promise<HistoryPlace | undefined> {
  const { rows: found } = await pool.query('SELECT to_regclass($1) IS NOT NULL AS exists', [tableOf(schema)]);
  if (!found[0].exists) return undefined;
  const { rows } = await pool.query<HistoryPlace>(
    `SELECT cut, aggregate_type AS "aggregateType", aggregate_id AS "aggregateId", version, done FROM ${tableOf(schema)}`,
  );
  return rows[0];
}

export async function moveHistoryPlace(tx: Tx, schema: string, place: HistoryPlace): Promise<void> {
  const { aggregateType, aggregateId, version, done } = place;
  await tx.$executeRawUnsafe(
    `UPDATE ${tableOf(schema)} SET aggregate_type = $1, aggregate_id = $2, version = $3::int, done = $4::boolean`,
    ...[aggregateType, aggregateId, version, done],
  );
}
