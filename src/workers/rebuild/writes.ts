import type { Tx } from '../../outbox/transaction.ts';
import type { Rebuild } from './rebuild.ts';

/** How many rows this session has lately written to each table outside of the schema. */
export async function countWrites(tx: Tx, schema: string): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.$queryRaw<{ name: string; count: number }[]>`
    SELECT schemaname || '.' || relname AS name, (n_tup_ins + n_tup_upd + n_tup_del)::float8 AS count
      FROM pg_stat_xact_user_tables
     WHERE schemaname <> ${schema} AND n_tup_ins + n_tup_upd + n_tup_del > 0`;
  return new Map(rows.map(({ name, count }) => [name, count]));
}

/** Throws when there are more than before: written again by a rebuild, live rows would count twice. */
export function assertOwnWrites(
  { reaction: { name, tables }, places }: Pick<Rebuild, 'reaction' | 'places'>,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): void {
  for (const [table, count] of after) {
    if (count <= (before.get(table) ?? 0)) continue;
    const how = tables.some((own) => table === `${places.domains}.${own}`)
      ? 'with its schema in hand-written SQL: leave the schema out'
      : 'which is not among its "tables"';
    throw new Error(`"${name}" writes to ${table}, ${how}`);
  }
}
