/** What a run begins with, and how its outcome is read from PostgreSQL. */
import { upsertVideos } from '../src/domains/streaming/catalogue.ts';
import type { Database } from '../src/platform/postgres.ts';
import type { Committed } from './judge.ts';

/** The cursor from which on everything is still to come. */
export async function readHead(url: string): Promise<string> {
  const response = await fetch(`${url}?query={head}`);
  const { data } = (await response.json()) as { data: { head: string } };
  return data.head;
}

/** The videos `v0` to `v9`, and for every user who watches a friend who is told. */
export async function addCatalogue({ prisma }: Database): Promise<void> {
  const ids = Array.from({ length: 10 }, (_, index) => `v${index}`);
  await upsertVideos(
    prisma,
    ids.map((id) => ({ id, title: `Film ${id}`, year: 1927, genres: ['Drama', `Genre of ${id}`] })),
  );
  const users = ['u0', 'u1', 'u2', 'viewer-0', 'viewer-1', 'viewer-2', 'viewer-3'];
  await prisma.friendship.createMany({
    data: users.map((userId, index) => ({ userId, friendId: users[(index + 1) % users.length]! })),
  });
}

/** By what the events of answered mutations are found. */
export async function readCommitted({ pool }: Database): Promise<Committed> {
  const { rows } = await pool.query<{ correlationId: string; started: string | null }>(
    `SELECT correlation_id AS "correlationId", CASE type WHEN 'video.watch_started' THEN aggregate_id END AS started
       FROM outbox`,
  );
  return {
    correlationIds: new Set(rows.map(({ correlationId }) => correlationId)),
    startedSessions: new Set(rows.flatMap(({ started }) => started ?? [])),
  };
}
