import type { Pool } from 'pg';
import type { Tx } from '../../outbox/transaction.ts';

/** A processor as it is registered, and how much of the log is left for a rebuild of it. */
export interface Live {
  readonly kind: 'QUEUE' | 'PROCESSOR';
  /** By event type, the position up to which its events were never meant for it */
  readonly typeStarts: Readonly<Record<string, number>>;
  /** Where its history begins */
  readonly start: number;
  /** The outbox holds what is above */
  readonly floor: number;
}

/** Undefined when it was never registered. */
export async function readLive(pool: Pool, processor: string): Promise<Live | undefined> {
  const { rows } = await pool.query<Live>(
    `SELECT kind, starts.by_type AS "typeStarts", coalesce(starts.least, start_position) AS start, floor
       FROM consumer
      CROSS JOIN log
      CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_object_agg(type, consumer_type_start(consumer, type)), '{}') AS by_type,
               min(consumer_type_start(consumer, type)) AS least
          FROM unnest(types) AS type) AS starts
      WHERE name = $1`,
    [processor],
  );
  return rows[0];
}

/** How far each slot is, by its number. */
export async function readPositions(pool: Pool, processor: string): Promise<readonly number[]> {
  const { rows } = await pool.query<{ position: number }>(
    'SELECT position FROM processor_checkpoint WHERE processor = $1 ORDER BY slot',
    [processor],
  );
  return rows.map(({ position }) => position);
}

/** Holds every slot where it is until the transaction ends: its worker waits with its next batch. */
export async function holdPositions(tx: Tx, processor: string): Promise<readonly number[]> {
  const rows = await tx.$queryRaw<{ position: number }[]>`
    SELECT position::float8 AS position FROM processor_checkpoint WHERE processor = ${processor}
     ORDER BY slot FOR UPDATE`;
  return rows.map(({ position }) => position);
}
