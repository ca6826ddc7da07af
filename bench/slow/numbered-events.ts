/** Many events quickly: rows as the outbox has them, made by PostgreSQL itself. */
import type { Pool } from 'pg';

export interface NumberedEvents {
  /** Number of the first */
  readonly first: number;
  readonly count: number;
  /** Of each payload, about */
  readonly payloadBytes: number;
}

/**
 * Writes the events in the order of their numbers, as one transaction: each starts a session of its own, of one of a
 * thousand viewers and a hundred films. The relay finds them by itself.
 */
export async function writeNumberedEvents(
  pool: Pool,
  { first, count, payloadBytes }: NumberedEvents,
): Promise<void> {
  await pool.query(
    `INSERT INTO outbox (id, topic, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                         occurred_at, correlation_id, depth, keys, payload)
     SELECT uuidv7(), 'video', 'video.watch_started', 1, 'session', session, 1, clock_timestamp(),
            'request-' || number, 0, ARRAY['user:' || viewer, 'video:' || film],
            jsonb_build_object('sessionId', session, 'userId', viewer, 'videoId', film, 'quality', 'HD',
                               'genres', '[]'::jsonb, 'title', repeat('x', $3))
       FROM (SELECT number, 'session-' || number AS session, 'viewer-' || number % 1000 AS viewer,
                    'film-' || number % 100 AS film
               FROM generate_series($1::int, $2::int) AS number)
      ORDER BY number`,
    [first, first + count - 1, payloadBytes],
  );
}

/** The number of an event by the correlation id of its request. */
export const numberOf = (correlationId: string): number => Number(correlationId.slice('request-'.length));
