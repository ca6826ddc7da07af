import type { ClientBase, Pool } from 'pg';

/** Which log this is, and how much of it the outbox still holds. */
export interface LogRow {
  readonly epoch: string;
  /** The outbox holds every event above this position */
  readonly floor: number;
}

export async function readLogRow(db: Pool | ClientBase): Promise<LogRow> {
  const { rows } = await db.query<LogRow>('SELECT epoch, floor FROM log');
  if (!rows[0]) throw new Error('the table "log" is empty: run "npm run migrate"');
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
