import type { Pool } from 'pg';

/** A backend whose transaction holds the horizon: what an operator needs to find it, and to end it if need be. */
export interface HorizonHolder {
  /** As `virtualtransaction` of pg_locks: another for each transaction of the server */
  readonly transaction: string;
  /** Null for a prepared transaction, which no backend runs any more */
  readonly pid: number | null;
  readonly application: string | null;
  readonly state: string | null;
  /** Seconds since its transaction began */
  readonly age: number | null;
  /** What it runs, or ran last; cut. Another role's is shown to members of pg_read_all_stats only */
  readonly query: string | null;
}

/** Those of the transactions that hold the writers' lock still, the oldest first. */
export async function readHorizonHolders(
  pool: Pool,
  transactions: readonly string[],
): Promise<readonly HorizonHolder[]> {
  const { rows } = await pool.query<HorizonHolder>(
    `SELECT l.virtualtransaction AS transaction, a.pid, a.application_name AS application, a.state,
            round(extract(epoch FROM clock_timestamp() - a.xact_start), 1)::float8 AS age,
            left(a.query, 500) AS query
       FROM pg_locks AS l
       LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.classid = 1635086708 AND l.objid = outbox_lock_key()::oid AND l.objsubid = 2
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND l.virtualtransaction = ANY($1)
      ORDER BY a.xact_start, a.pid`,
    [transactions],
  );
  return rows;
}
