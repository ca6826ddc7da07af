/** SQL of its own text within a transaction of the outbox. */
import type { Pool } from 'pg';
import type { Tx } from './transaction.ts';

/** What a pool and a transaction have in common. */
export type Queryable = Pick<Pool, 'query'>;

/** Runs what is written for a pool in this transaction. Whole numbers arrive as numbers, as from the pool. */
export function queryableIn(tx: Tx): Queryable {
  const query = async (text: string, values: readonly unknown[] = []) => {
    const given = values.map((value) => value ?? null);
    const rows = await tx.$queryRawUnsafe<Record<string, unknown>[]>(text, ...given);
    return { rows: rows.map(withNumbers), rowCount: rows.length };
  };
  return { query } as never;
}

const withNumbers = (row: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  );
