/** What the api asked of PostgreSQL, exactly: it signs in as a role of its own, and pg_stat_statements counts by role. */
import type { Pool } from 'pg';

/** For the server: without it nothing is counted */
export const countingSettings = ['shared_preload_libraries=pg_stat_statements'];

const apiRole = 'aorta_api';

/** Makes the role, and the view that counts, in the pool's database. */
export async function countStatements(pool: Pool): Promise<void> {
  await pool.query('CREATE EXTENSION pg_stat_statements');
  await pool.query(`CREATE ROLE ${apiRole} SUPERUSER LOGIN PASSWORD 'postgres'`);
}

/** The same database, for the api */
export function asApiRole(url: string): string {
  const own = new URL(url);
  own.username = apiRole;
  return own.href;
}

export interface Statement {
  /** From its first FROM on, which tells it from the others */
  readonly text: string;
  /** It reads events, and does not only ask how far they are */
  readonly readsOutbox: boolean;
  readonly calls: number;
}

/** Everything that the api has ever asked, by text, but for what each connection is asked before its first use. */
export async function readApiStatements(pool: Pool): Promise<readonly Statement[]> {
  const { rows } = await pool.query<Statement>(
    `SELECT left(coalesce(substring(query FROM '\\mFROM\\M.*'), query), 200) AS text,
            bool_or(query ~ '\\moutbox\\M' AND query !~ 'max\\(position\\)') AS "readsOutbox",
            sum(calls)::bigint AS calls
       FROM pg_stat_statements
      WHERE userid = $1::regrole AND query !~ 'pg_is_in_recovery|set_config'
      GROUP BY 1`,
    [apiRole],
  );
  return rows;
}

/** What was asked between two readings. */
export function statementsBetween(
  before: readonly Statement[],
  after: readonly Statement[],
): readonly Statement[] {
  const earlier = new Map(before.map(({ text, calls }) => [text, calls]));
  return after
    .map((statement) => ({ ...statement, calls: statement.calls - (earlier.get(statement.text) ?? 0) }))
    .filter(({ calls }) => calls > 0);
}

export const callsOf = (statements: readonly Statement[]) =>
  statements.reduce((sum, { calls }) => sum + calls, 0);
