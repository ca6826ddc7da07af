import type { Tx } from '../../outbox/transaction.ts';
import { quote } from '../../platform/schemas.ts';
import { liveTable, type Places } from './names.ts';

/**
 * Drops the live tables and puts the copies in their place. They have to be locked by then, and the copies to be the same
 * in all but their rows. Nothing may depend on what is dropped: PostgreSQL refuses it then.
 */
export async function swapTables(tx: Tx, places: Places, tables: readonly string[]): Promise<void> {
  if (tables.length === 0) return;
  const live = (name: string) => liveTable(places, name);
  // a sequence that both take their defaults from would go with the table that owns it
  const sequences = await ownedSequences(tx, places, tables);
  for (const { sequence } of sequences) {
    await tx.$executeRawUnsafe(`ALTER SEQUENCE ${live(sequence)} OWNED BY NONE`);
  }
  await tx.$executeRawUnsafe(`DROP TABLE ${tables.map(live).join(', ')}`);
  for (const table of tables) {
    // its indexes, constraints and identity sequences go with it
    await tx.$executeRawUnsafe(
      `ALTER TABLE ${quote(places.copies)}.${quote(table)} SET SCHEMA ${quote(places.domains)}`,
    );
  }
  for (const { sequence, table, column } of sequences) {
    const owner = `${live(table)}.${quote(column)}`;
    await tx.$executeRawUnsafe(`ALTER SEQUENCE ${live(sequence)} OWNED BY ${owner}`);
  }
}

interface OwnedSequence {
  readonly sequence: string;
  readonly table: string;
  readonly column: string;
}

/** Those of `serial` columns. One of an identity column belongs to its table for good. */
function ownedSequences(
  tx: Tx,
  { domains }: Places,
  tables: readonly string[],
): Promise<readonly OwnedSequence[]> {
  return tx.$queryRaw<OwnedSequence[]>`
    SELECT sequence.relname AS sequence, owner.relname AS table, attname AS column
      FROM pg_class AS owner
      JOIN pg_depend ON refclassid = 'pg_class'::regclass AND refobjid = owner.oid AND refobjsubid > 0 AND deptype = 'a'
                    AND classid = 'pg_class'::regclass
      JOIN pg_class AS sequence ON sequence.oid = objid AND sequence.relkind = 'S'
      JOIN pg_attribute ON attrelid = owner.oid AND attnum = refobjsubid
     WHERE owner.relnamespace = ${quote(domains)}::regnamespace AND owner.relname = ANY (${[...tables]}::text[])
       AND sequence.relnamespace = owner.relnamespace`;
}
