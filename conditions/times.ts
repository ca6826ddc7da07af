import type { Pool } from 'pg';

/** Every column of a time in the tables of a schema. */
const columnsOfTimes = `
  SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS table, quote_ident(column_name) AS column
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
   WHERE table_type = 'BASE TABLE' AND data_type LIKE 'timestamp%' AND table_schema !~ '^(pg_|information_schema)'
     AND table_name <> '_prisma_migrations'`;

const slack = "interval '2 seconds'"; // a time that a process took before its statement

/**
 * What was stored since the job began has a time since then, and none that is still to come: whatever the time zone, the
 * notation of dates or the clock of whoever wrote it. Deadlines lie ahead on purpose. In sentences.
 */
export async function findWrongTimes(pool: Pool, begunAt: Date): Promise<readonly string[]> {
  const { rows } = await pool.query<{ table: string; column: string }>(columnsOfTimes);
  const wrongs: string[] = [];
  for (const { table, column } of rows) {
    if (/deadline|due|until|expires/.test(column)) continue;
    const found = await pool.query<{ count: number; first: string }>(
      `SELECT count(*)::int AS count, min(${column})::text AS first FROM ${table}
        WHERE ${column}::timestamptz NOT BETWEEN $1::timestamptz - ${slack} AND clock_timestamp() + ${slack}`,
      [begunAt],
    );
    const { count, first } = found.rows[0]!;
    if (count > 0) wrongs.push(`${count} times of ${table}.${column} are not of this job: ${first}`);
  }
  return wrongs;
}
