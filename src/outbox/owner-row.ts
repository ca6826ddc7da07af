/** What this database knows of itself as the owner of a log in Redis: the row of `log_owner`. */
import type { Pool } from 'pg';

/** One telling of an owner: relay after relay has a session, and counts in it. */
export interface Beat {
  readonly session: string;
  readonly beat: number;
}

export interface OwnerRow {
  /** Random, given once; copies of the database have it too */
  readonly database: string;
  /** Counts takeovers */
  readonly generation: number;
  /** The newest that was, or was to be, told to Redis; undefined before the first */
  readonly newest: Beat | undefined;
  /** What the newest takeover found in Redis */
  readonly previous: Beat | undefined;
  /** A living owner was seen beside this database: it is a copy */
  readonly refused: boolean;
}

export async function readOwnerRow(pool: Pool): Promise<OwnerRow> {
  const { rows } = await pool.query(
    `SELECT database, generation, session, beat, previous_session, previous_beat, refused_at FROM log_owner`,
  );
  const [row] = rows;
  if (!row) throw new Error('the table "log_owner" is empty: restore its row from a backup');
  const { database, generation, session, beat, previous_session, previous_beat, refused_at } = row;
  return {
    ...{ database, generation, refused: refused_at !== null },
    newest: session === null ? undefined : { session, beat },
    previous: previous_session === null ? undefined : { session: previous_session, beat: previous_beat },
  };
}

export interface Takeover {
  readonly session: string;
  readonly generation: number;
  readonly previous: Beat | undefined;
  /** Jobs may have been done in Redis whose effects are lost here: the queues have to be healed */
  readonly lostSome: boolean;
}

/** Begins a session, unless the row is no longer as it was read. Redis is told after it. */
export async function takeOwnerRow(pool: Pool, found: OwnerRow, takeover: Takeover): Promise<boolean> {
  const { session, generation, previous, lostSome } = takeover;
  const { rows } = await pool.query(
    `WITH taken AS (
       UPDATE log_owner
          SET generation = $1, session = $2, beat = 0, previous_session = $3, previous_beat = $4, refused_at = NULL
        WHERE session IS NOT DISTINCT FROM $5 AND beat = $6
       RETURNING 1),
     unmarked AS (UPDATE sink SET marker = NULL WHERE name = 'queues' AND $7 AND EXISTS (SELECT FROM taken)),
     unmarked_shards AS (UPDATE consumer SET queue_marker = NULL WHERE $7 AND EXISTS (SELECT FROM taken))
     SELECT FROM taken`,
    [
      ...[generation, session, previous?.session ?? null, previous?.beat ?? null],
      ...[found.newest?.session ?? null, found.newest?.beat ?? 0, lostSome],
    ],
  );
  return rows.length === 1;
}

/** Counts on, unless another relay has taken over, or the database went back. Redis is told after it. */
export async function countBeat(pool: Pool, { session, beat }: Beat): Promise<Beat | undefined> {
  const { rowCount } = await pool.query(
    'UPDATE log_owner SET beat = beat + 1 WHERE session = $1 AND beat = $2',
    [session, beat],
  );
  return rowCount === 1 ? { session, beat: beat + 1 } : undefined;
}

/** Notes that this database is a copy: from now on it takes nothing over until somebody adopts Redis for it. */
export async function noteRefusal(pool: Pool): Promise<void> {
  await pool.query('UPDATE log_owner SET refused_at = now() WHERE refused_at IS NULL');
}
