import type { Database } from '../../../src/platform/postgres.ts';

export interface Locked extends AsyncDisposable {
  /** Statements of apis that wait for the table; with `use`, of connections for it */
  waiting(use?: string): Promise<number>;
  release(): Promise<void>;
}

/** The table is locked until the end: whoever reads or writes it waits. */
export async function locked({ pool }: Database, table: string): Promise<Locked> {
  const holder = await pool.connect();
  await holder.query('SET idle_in_transaction_session_timeout = 0');
  await holder.query('BEGIN');
  await holder.query(`LOCK TABLE ${table}`);
  let isReleased = false;
  const release = async () => {
    if (isReleased) return;
    isReleased = true;
    holder.release(true); // with its transaction
  };
  return {
    async waiting(use = '') {
      // not on the holder's connection: pg_stat_activity stays as a transaction has seen it first
      const { rows } = await pool.query<{ count: number }>(
        `SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
          WHERE NOT granted AND relation = $1::regclass AND application_name LIKE 'aorta-api%' || $2`,
        [table, use],
      );
      return rows[0]!.count;
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}
