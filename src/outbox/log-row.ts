import type { ClientBase, Pool } from 'pg';

/** Which log this is, and how much of it the outbox still holds. */
export interface LogRow {
  readonly epoch: string;
  /** The outbox holds every event above this position */
  readonly floor: number;
}

const undefinedTable = '42P01';

/** Throws when the database was not migrated. */
export async function readLogRow(db: Pool | ClientBase): Promise<LogRow> {
  const { rows } = await db.query<LogRow>('SELECT epoch, floor FROM log').catch((cause) => {
    if (cause.code !== undefinedTable) throw cause;
    throw new Error('the database has no tables of Aorta: run "npm run migrate"', { cause });
  });
  if (!rows[0]) throw new Error('the table "log" is empty: restore its row from a backup');
  return rows[0];
}

/**
 * Declares the log of this epoch replaced: every cursor and every key in Redis of it is void from here on. Does nothing
 * when another has done so.
 */
export async function startNewEpoch(db: Pool | ClientBase, replaced: string): Promise<void> {
  await db.query(
    'UPDATE log SET epoch = substr(md5(random()::text || clock_timestamp()::text), 1, 12) WHERE epoch = $1',
    [replaced],
  );
}
