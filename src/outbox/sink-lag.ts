import type { Pool } from 'pg';
import type { SinkName } from './sinks.ts';

export interface SinkLag {
  readonly sink: SinkName;
  /** Positions that were given out and are not published as far as was saved; rolled back ones count too */
  readonly events: number;
  /** Age of the oldest committed event among them; 0 when there is none */
  readonly seconds: number;
}

/** As last saved, which for streams can be 0.2 s ago. The queues' is that of the consumer that is furthest behind. */
export async function readSinkLags(pool: Pool): Promise<readonly SinkLag[]> {
  const { rows } = await pool.query<SinkLag>(
    // each oldest row is found by the primary key of the first partition that has one
    `WITH place AS (
       SELECT 'streams' AS sink, position FROM sink WHERE name = 'streams'
       UNION ALL
       SELECT 'queues', coalesce(min(enqueued_position), (SELECT horizon FROM outbox_horizon()))
         FROM consumer WHERE kind = 'QUEUE'
     )
     SELECT sink, greatest(0, (SELECT horizon FROM outbox_horizon()) - place.position)::float8 AS events,
            coalesce(greatest(0, extract(epoch FROM now() - oldest.occurred_at)), 0)::float8 AS seconds
       FROM place
       LEFT JOIN LATERAL (
         SELECT occurred_at FROM outbox WHERE outbox.position > place.position ORDER BY outbox.position LIMIT 1
       ) AS oldest ON true`,
  );
  return rows;
}
