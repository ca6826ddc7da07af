/** The empty copies that a projection is built in: the same as the live tables in all that others could notice. */
import type { Tx } from '../../outbox/transaction.ts';
import { quote, searchPathOf } from '../../platform/schemas.ts';
import { describeTable } from './describe-table.ts';
import { liveTable, type Places } from './names.ts';
import { enter } from './redirect.ts';
import { RebuildRefusedError } from './refused.ts';

/** Makes the copies. Throws RebuildRefusedError when one could not take the place of its table. */
export async function copyTables(tx: Tx, places: Places, tables: readonly string[]): Promise<void> {
  const { copies, domains } = places;
  const run = async (statements: readonly string[]) => {
    for (const statement of statements) await tx.$executeRawUnsafe(statement);
  };
  for (const table of tables) {
    const [found] = await tx.$queryRaw<
      object[]
    >`SELECT FROM pg_tables WHERE schemaname = ${domains} AND tablename = ${table}`;
    if (!found) throw new RebuildRefusedError(`there is no table "${table}"`);
    await run([
      `CREATE TABLE ${quote(copies)}.${quote(table)} (LIKE ${liveTable(places, table)} INCLUDING DEFAULTS INCLUDING GENERATED
         INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMPRESSION INCLUDING COMMENTS)`,
    ]);
  }
  // read from where the live ones are and run from within the schema, the names mean the copies, and else what they meant
  await tx.$executeRaw`SELECT set_config('search_path', ${searchPathOf(places)}, true)`;
  const added = await statementsOf(tx, places, tables);
  await enter(tx, places);
  await run(added);
  for (const table of tables) await run(await rightsOf(tx, places, table));
  await assertSame(tx, places, tables, 'has what a copy cannot have');
}

/** Throws RebuildRefusedError when a table and its copy differ. */
export async function assertSame(
  tx: Tx,
  places: Places,
  tables: readonly string[],
  why: string,
): Promise<void> {
  for (const table of tables) {
    const live = await describeTable(tx, places, 'domains', table);
    const copy = await describeTable(tx, places, 'copies', table);
    const odd = [
      ...live.filter((line) => !copy.includes(line)),
      ...copy.filter((line) => !live.includes(line)),
    ];
    if (odd.length > 0) throw new RebuildRefusedError(`table "${table}" ${why}: ${odd[0]}`);
  }
}

/** Constraints and indexes keep their names; foreign keys come last, when what they refer to has its keys. */
async function statementsOf(
  tx: Tx,
  { copies, domains }: Places,
  tables: readonly string[],
): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ statement: string }[]>`
    WITH wanted AS (SELECT pg_class.oid, relname FROM pg_class
                     WHERE relnamespace = ${quote(domains)}::regnamespace AND relname = ANY (${[...tables]}::text[]))
    SELECT format('ALTER TABLE %I ADD CONSTRAINT %I %s', relname, conname, pg_get_constraintdef(pg_constraint.oid)) AS statement,
           CASE contype WHEN 'f' THEN 3 ELSE 1 END AS step
      FROM wanted JOIN pg_constraint ON conrelid = wanted.oid AND contype IN ('p', 'u', 'x', 'f')
     UNION ALL
    SELECT pg_get_indexdef(indexrelid, 0, true), 2
      FROM wanted JOIN pg_index ON indrelid = wanted.oid
     WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = wanted.oid)
     UNION ALL
    -- LIKE … INCLUDING IDENTITY makes each sequence a bigint, whatever its column is
    SELECT format('ALTER TABLE %I ALTER COLUMN %I ADD GENERATED %s AS IDENTITY
                     (SEQUENCE NAME %I.%I START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s %s)',
                  wanted.relname, attname, CASE attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END,
                  ${copies}::text, sequence.relname, seqstart, seqincrement, seqmin, seqmax, seqcache,
                  CASE WHEN seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END), 2
      FROM wanted
      JOIN pg_attribute ON attrelid = wanted.oid AND attidentity <> ''
      JOIN pg_sequence ON seqrelid = pg_get_serial_sequence(wanted.oid::regclass::text, attname)::regclass
      JOIN pg_class AS sequence ON sequence.oid = seqrelid
     UNION ALL
    SELECT format('ALTER TABLE %I SET (%s)', relname, array_to_string(reloptions, ', ')), 2
      FROM wanted JOIN pg_class USING (oid, relname) WHERE reloptions IS NOT NULL
     UNION ALL
    SELECT format('COMMENT ON TABLE %I IS %L', relname, obj_description(oid, 'pg_class')), 2
      FROM wanted WHERE obj_description(oid, 'pg_class') IS NOT NULL
     ORDER BY step, statement`;
  return rows.map(({ statement }) => statement);
}

/** The owner and the rights of the live table, and no others, such as a schema's default ones. */
async function rightsOf(tx: Tx, places: Places, table: string): Promise<readonly string[]> {
  const copy = `${quote(places.copies)}.${quote(table)}`;
  const rows = await tx.$queryRaw<{ statement: string }[]>`
    WITH live AS (SELECT * FROM pg_class WHERE oid = to_regclass(${`${quote(places.domains)}.${quote(table)}`})),
         copy AS (SELECT * FROM pg_class WHERE oid = to_regclass(${copy})),
         granted AS (
           SELECT privilege_type AS what, grantee, is_grantable
             FROM live, aclexplode(coalesce(relacl, acldefault('r', relowner)))
            UNION ALL
           SELECT format('%s (%I)', privilege_type, attname), grantee, is_grantable
             FROM live JOIN pg_attribute ON attrelid = live.oid, aclexplode(attacl))
    SELECT format('ALTER TABLE %s OWNER TO %I', ${copy}::text, pg_get_userbyid(live.relowner)) AS statement, 1 AS step
      FROM live, copy WHERE live.relowner <> copy.relowner
     UNION ALL
    SELECT DISTINCT format('REVOKE ALL ON %s FROM %s', ${copy}::text, who), 2
      FROM copy, aclexplode(coalesce(relacl, acldefault('r', relowner))),
           LATERAL (SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS who) AS named
     UNION ALL
    SELECT format('GRANT %s ON %s TO %s%s', what, ${copy}::text,
                  CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
                  CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END), 3
      FROM granted
     ORDER BY step, statement`;
  return rows.map(({ statement }) => statement);
}
