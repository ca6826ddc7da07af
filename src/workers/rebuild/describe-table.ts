import type { Tx } from '../../outbox/transaction.ts';
import { quote, searchPathOf } from '../../platform/schemas.ts';
import type { Places } from './names.ts';

/**
 * Everything about a table that somebody could notice, a line each, as it reads from within its schema: two tables with
 * the same lines can take each other's place. What depends on the table is among them: that would stay with the old one.
 */
export async function describeTable(
  tx: Tx,
  places: Places,
  which: 'domains' | 'copies',
  table: string,
): Promise<readonly string[]> {
  const [before] = await tx.$queryRaw<{ path: string }[]>`SELECT current_setting('search_path') AS path`;
  const path = [...(which === 'copies' ? [quote(places.copies)] : []), searchPathOf(places)].join(', ');
  await tx.$executeRaw`SELECT set_config('search_path', ${path}, true)`;
  const rows = await tx.$queryRawUnsafe<{ line: string }[]>(lines, `${quote(places[which])}.${quote(table)}`);
  await tx.$executeRaw`SELECT set_config('search_path', ${before!.path}, true)`;
  return rows.map(({ line }) => line);
}

const lines = `
  WITH wanted AS (SELECT * FROM pg_class WHERE oid = to_regclass($1))
  SELECT concat_ws(' ', 'table of', pg_get_userbyid(relowner), 'kind', relkind, relpersistence, 'replica', relreplident,
                   'row security', relrowsecurity, relforcerowsecurity, 'space', reltablespace, 'method', relam,
                   'options', reloptions::text, 'comment', obj_description(oid, 'pg_class')) AS line
    FROM wanted
  UNION ALL
  SELECT concat_ws(' ', 'right', privilege_type, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee) END,
                   is_grantable)
    FROM wanted, aclexplode(coalesce(relacl, acldefault('r', relowner)))
  UNION ALL
  SELECT concat_ws(' ', 'column', row_number() OVER (ORDER BY attnum), attname, format_type(atttypid, atttypmod),
                   CASE WHEN attnotnull THEN 'not null' END, attcollation, 'default', pg_get_expr(adbin, adrelid),
                   'identity', attidentity, 'generated', attgenerated, 'storage', attstorage, attcompression,
                   'target', attstattarget, 'options', attoptions::text, 'rights', attacl::text,
                   'comment', col_description(attrelid, attnum))
    FROM wanted
    JOIN pg_attribute ON attrelid = wanted.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  UNION ALL
  SELECT concat_ws(' ', 'identity', sequence.relname, seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache,
                   seqcycle)
    FROM wanted
    JOIN pg_depend ON refclassid = 'pg_class'::regclass AND refobjid = wanted.oid AND deptype = 'i'
                  AND classid = 'pg_class'::regclass
    JOIN pg_sequence ON seqrelid = objid
    JOIN pg_class AS sequence ON sequence.oid = objid
  UNION ALL
  SELECT concat_ws(' ', 'constraint', conname, pg_get_constraintdef(pg_constraint.oid, true),
                   obj_description(pg_constraint.oid, 'pg_constraint'))
    FROM wanted JOIN pg_constraint ON conrelid = wanted.oid
  UNION ALL
  SELECT concat_ws(' ', 'index', pg_get_indexdef(indexrelid, 0, true), indisvalid, indisclustered, indisreplident,
                   obj_description(indexrelid, 'pg_class'))
    FROM wanted JOIN pg_index ON indrelid = wanted.oid
  UNION ALL
  SELECT 'trigger ' || pg_get_triggerdef(pg_trigger.oid, true)
    FROM wanted JOIN pg_trigger ON tgrelid = wanted.oid AND NOT tgisinternal
  UNION ALL
  SELECT 'rule ' || rulename FROM wanted JOIN pg_rewrite ON ev_class = wanted.oid
  UNION ALL
  SELECT 'policy ' || polname FROM wanted JOIN pg_policy ON polrelid = wanted.oid
  UNION ALL
  SELECT 'statistics ' || stxname FROM wanted JOIN pg_statistic_ext ON stxrelid = wanted.oid
  UNION ALL
  SELECT 'publication ' || pubname
    FROM wanted JOIN pg_publication_rel ON prrelid = wanted.oid JOIN pg_publication ON pg_publication.oid = prpubid
  UNION ALL
  SELECT 'inheritance with ' || (CASE wanted.oid WHEN inhrelid THEN inhparent ELSE inhrelid END)::regclass
    FROM wanted JOIN pg_inherits ON wanted.oid IN (inhrelid, inhparent)
  UNION ALL
  SELECT DISTINCT 'dependent: ' || pg_describe_object(classid, objid, objsubid)
    FROM wanted
    JOIN pg_type ON typrelid = wanted.oid
    JOIN pg_depend ON deptype = 'n' AND ((refclassid = 'pg_class'::regclass AND refobjid = wanted.oid)
                                      OR (refclassid = 'pg_type'::regclass AND refobjid IN (pg_type.oid, typarray)))
  ORDER BY line`;
