/** Sessions that are written to in turn, so that no write waits for another. */
import type { Pool } from 'pg';
import type { Session } from '../../src/domains/streaming/session.ts';
import { toState } from '../../src/domains/streaming/session-rows.ts';
import type { WatchSession } from '../../src/generated/prisma/client.ts';

export interface Sessions {
  /** The one that was written to longest ago, in the state that it was read in at the start */
  next(): Session;
}

export async function createSessions(pool: Pool, count: number): Promise<Sessions> {
  await pool.query("INSERT INTO video VALUES ('metropolis', 'Metropolis', 1927, '{Drama,Sci-Fi}')");
  const { rows } = await pool.query<WatchSession>(
    `INSERT INTO watch_session (id, user_id, video_id, quality, started_at, last_seen_at, version)
     SELECT uuidv7(), 'viewer-' || n, 'metropolis', 'HD', now(), now(), 1 FROM generate_series(1, $1::int) AS n
     RETURNING id, user_id AS "userId", video_id AS "videoId", quality, started_at AS "startedAt",
               ended_at AS "endedAt", last_seen_at AS "lastSeenAt", watched_seconds AS "watchedSeconds", version`,
    [count],
  );
  const states = rows.map(toState);
  let turn = 0;
  return { next: () => states[turn++ % states.length]! };
}
