import type { Pool } from 'pg';

/** Every column, constraint, index and enum of the schema `public` as a line of text, sorted: two databases can be compared by it. */
export async function describeTables(
  db: Pool,
  { except }: { except: readonly string[] },
): Promise<readonly string[]> {
  const { rows } = await db.query<{ line: string }>(
    `WITH wanted AS (
       SELECT c.oid, c.relname
         FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
          AND NOT EXISTS (SELECT FROM unnest($1::text[]) AS e (pattern) WHERE c.relname ~ pattern)
     )
     SELECT concat_ws(' ', 'column', relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod),
                      CASE WHEN a.attnotnull THEN 'not null' END,
                      'default ' || pg_get_expr(d.adbin, d.adrelid)) AS line
       FROM wanted
       JOIN pg_attribute a ON a.attrelid = wanted.oid AND a.attnum > 0 AND NOT a.attisdropped
       LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     UNION ALL
     SELECT concat_ws(' ', 'constraint', relname || '.' || conname, pg_get_constraintdef(pg_constraint.oid))
       FROM wanted JOIN pg_constraint ON conrelid = wanted.oid
     UNION ALL
     SELECT 'index ' || pg_get_indexdef(indexrelid) FROM wanted JOIN pg_index ON indrelid = wanted.oid
     UNION ALL
     SELECT concat_ws(' ', 'enum', typname, enumlabel)
       FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid
      ORDER BY line`,
    [except],
  );
  return rows.map((row) => row.line);
}
