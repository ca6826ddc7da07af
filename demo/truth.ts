/** What really happened, read from PostgreSQL and Redis themselves: nothing here goes through the API. */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { logKeys } from '../src/log/keys.ts';
import { readLogRow } from '../src/outbox/log-row.ts';
import type { Recorded } from './verdict.ts';

const pageSize = 20_000;

/** Every event in the outbox, in position order; committed when it occurred, where the server keeps no commit timestamps. */
export async function readRecorded(pool: Pool): Promise<readonly Recorded[]> {
  const recorded: Recorded[] = [];
  for (;;) {
    const { rows } = await pool.query<Recorded>(
      `SELECT id, position, type, keys, aggregate_type || '/' || aggregate_id AS aggregate,
              aggregate_version AS "aggregateVersion",
              extract(epoch FROM CASE WHEN current_setting('track_commit_timestamp') = 'on'
                                      THEN pg_xact_commit_timestamp(xmin) ELSE occurred_at END)::float8 * 1000 AS "committedAt"
         FROM outbox
        WHERE position > $1
        ORDER BY outbox.position
        LIMIT $2`,
      [recorded.at(-1)?.position ?? 0, pageSize],
    );
    for (const row of rows) recorded.push(row);
    if (rows.length < pageSize) return recorded;
  }
}

/** How many events were ever added to the topics' streams, trimmed ones included. */
export async function countPublished(
  pool: Pool,
  redis: Redis,
  { logName, topics }: { readonly logName: string; readonly topics: readonly string[] },
): Promise<number> {
  const keys = logKeys(logName, (await readLogRow(pool)).epoch);
  const added = await Promise.all(topics.map((topic) => entriesAdded(redis, keys.topic(topic))));
  return added.reduce((sum, count) => sum + count, 0);
}

async function entriesAdded(redis: Redis, stream: string): Promise<number> {
  if ((await redis.exists(stream)) === 0) return 0;
  const fields = (await redis.xinfo('STREAM', stream)) as unknown[];
  return Number(fields[fields.indexOf('entries-added') + 1]);
}

/** What a consumer has come to. */
export interface Progress {
  readonly consumer: string;
  /** Recorded events of its types */
  readonly expected: number;
  /** Events that it handled: its inbox rows, or the count beside its checkpoints */
  readonly handled: number;
  /** Events that it gave up */
  readonly dead: number;
}

/**
 * The registered consumers by name, in one snapshot. An effect, its inbox row or checkpoint and the events that it
 * records are committed together, so that when nobody is behind here and nobody writes, nothing will happen any more.
 */
export async function readProgress(pool: Pool): Promise<readonly Progress[]> {
  const { rows } = await pool.query<Progress>(
    `WITH recorded AS (SELECT type, count(*) AS events FROM outbox GROUP BY type)
     SELECT name AS consumer,
            (SELECT coalesce(sum(events), 0) FROM recorded WHERE type = ANY(types))::bigint AS expected,
            (CASE kind
               WHEN 'QUEUE' THEN (SELECT count(*) FROM inbox WHERE inbox.consumer = name AND inbox.handled)
               ELSE (SELECT coalesce(sum(handled), 0) FROM processor_checkpoint WHERE processor = name)
             END)::bigint AS handled,
            (SELECT count(*) FROM dead_letter WHERE dead_letter.consumer = name) AS dead
       FROM consumer
      ORDER BY consumer`,
  );
  return rows;
}

/**
 * How many `video.watch_started` each consumer of that type has handled. A processor counts events of all its types
 * together: what it is short of, or has beyond them, is taken for starts.
 */
export async function countStartsHandled(pool: Pool): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ name: string; kind: string; starts: number; inbox: number }>(
    `SELECT name, kind,
            (SELECT count(*) FROM outbox WHERE type = 'video.watch_started') AS starts,
            (SELECT count(*) FROM inbox JOIN outbox ON outbox.id = event_id
              WHERE inbox.consumer = name AND inbox.handled AND type = 'video.watch_started') AS inbox
       FROM consumer
      WHERE 'video.watch_started' = ANY(types)`,
  );
  const progress = new Map((await readProgress(pool)).map((each) => [each.consumer, each]));
  return new Map(
    rows.map(({ name, kind, starts, inbox }) => {
      const { handled, expected } = progress.get(name)!;
      return [name, kind === 'QUEUE' ? inbox : Math.max(0, starts + handled - expected)];
    }),
  );
}

/** How many sessions there are: each is one `startWatching` that was carried out. */
export async function countSessions(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('SELECT count(*) FROM watch_session');
  return rows[0]!.count;
}
