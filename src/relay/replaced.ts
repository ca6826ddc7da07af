import type { ClientBase } from 'pg';
import type { LogState } from '../log/publish.ts';
import { newestPosition } from '../outbox/head.ts';
import { readLogRow } from '../outbox/log-row.ts';
import { newestEvent } from '../outbox/read-outbox.ts';

/**
 * Whether this Postgres is not the one that the log in Redis was published from: a restored backup, or a failover that
 * lost commits. The newest event up to `through` must be the newest published one, by position and id. Comparing
 * sequence values alone would not do: Postgres logs them 32 ahead.
 */
export async function logWasReplaced(db: ClientBase, { through, newest }: LogState): Promise<boolean> {
  if (through > (await newestPosition(db))) return true;
  const { floor } = await readLogRow(db);
  const found = await newestEvent(db, through);
  if (found && found.position > Math.max(floor, newest?.position ?? 0)) return true; // nobody published it
  if (!newest || newest.position <= floor) return false; // dropped by retention: nothing left to compare
  return found?.id !== newest.id;
}
