/** Events that could not be published: taken out of the log whole, and written to it again when somebody says so. */
import type { ClientBase, Pool } from 'pg';

/** TOO_LARGE: Redis refuses a value of its size. UNKNOWN_TYPE: no process of the platform knows its type. */
export type ParkReason = 'TOO_LARGE' | 'UNKNOWN_TYPE';

export interface ParkedEvent {
  readonly id: string;
  /** Where it stood in the log */
  readonly position: number;
  readonly type: string;
  readonly topic: string;
  readonly aggregateId: string;
  readonly correlationId: string;
  readonly reason: ParkReason;
  readonly parkedAt: Date;
  /** About how large its payload is */
  readonly bytes: number;
}

const columns = `id, topic, type, schema_version, aggregate_type, aggregate_id, aggregate_version, occurred_at,
                 correlation_id, causation_id, actor, depth, via, keys, payload`;

/**
 * Moves an event out of the log that was not published yet, so that every reader sees the same: nothing at its
 * position. False when another relay has claimed the streams since, which may have published it.
 */
export async function parkEvent(
  client: ClientBase,
  position: number,
  reason: ParkReason,
  claim: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `WITH claimed AS (SELECT FROM sink WHERE name = 'streams' AND marker = $3 FOR SHARE),
          taken AS (DELETE FROM outbox WHERE position = $1 AND EXISTS (SELECT FROM claimed) RETURNING position, ${columns})
     INSERT INTO outbox_parked (position, ${columns}, reason) SELECT position, ${columns}, $2 FROM taken`,
    [position, reason, claim],
  );
  return rowCount === 1;
}

/** The parked events in the order of their positions, at most `limit`. */
export async function readParked(pool: Pool, limit = 1_000): Promise<readonly ParkedEvent[]> {
  const { rows } = await pool.query<ParkedEvent>(
    `SELECT id, position, type, topic, aggregate_id AS "aggregateId", correlation_id AS "correlationId", reason,
            parked_at AS "parkedAt", pg_column_size(payload) AS bytes
       FROM outbox_parked ORDER BY position LIMIT $1`,
    [limit],
  );
  return rows;
}

export async function countParked(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('SELECT count(*) AS count FROM outbox_parked');
  return rows[0]!.count;
}

/**
 * Writes parked events to the log again, at new positions because positions never go back, and gives how many. They
 * keep their ids: a consumer that has handled one does not handle it again. Those of one aggregate come in their
 * order, and after what it recorded meanwhile. What still cannot be published is parked again.
 */
export async function republishParked(pool: Pool, ids: readonly string[]): Promise<number> {
  const { rowCount } = await pool.query(
    `WITH taken AS (DELETE FROM outbox_parked WHERE id = ANY($1::uuid[]) RETURNING position AS was, ${columns})
     INSERT INTO outbox (${columns}) SELECT ${columns} FROM taken ORDER BY was`,
    [ids],
  );
  return rowCount ?? 0;
}
