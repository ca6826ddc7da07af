/** The relay of most blog posts: a flag on each row, and one event at a time. */
import type { Contestant } from './contestant.ts';

const batchSize = 100;

export function naiveRelay(events: number): Contestant {
  return {
    name: 'naive',
    events,
    async prepare({ pool, redis }) {
      await pool.query(`
        DROP TABLE IF EXISTS naive_outbox;
        CREATE TABLE naive_outbox (id bigserial PRIMARY KEY, topic text NOT NULL, payload jsonb NOT NULL, published_at timestamptz);
        CREATE INDEX naive_unpublished ON naive_outbox (id) WHERE published_at IS NULL`);
      await pool.query(
        `INSERT INTO naive_outbox (topic, payload)
         SELECT topic, to_jsonb(outbox) FROM outbox WHERE position <= $1 ORDER BY position`,
        [events],
      );
      await pool.query('VACUUM ANALYZE naive_outbox');
      return async () => {
        const client = await pool.connect();
        for (;;) {
          const { rows } = await client.query<{ id: number; topic: string; payload: string }>({
            name: 'naive select',
            text: `SELECT id, topic, payload::text AS payload FROM naive_outbox
                    WHERE published_at IS NULL ORDER BY id LIMIT $1`,
            values: [batchSize],
          });
          if (rows.length === 0) break;
          for (const { id, topic, payload } of rows) {
            await redis.xadd(`naive:${topic}`, '*', 'e', payload);
            await client.query({
              name: 'naive update',
              text: 'UPDATE naive_outbox SET published_at = now() WHERE id = $1',
              values: [id],
            });
          }
        }
        return async () => client.release();
      };
    },
  };
}
