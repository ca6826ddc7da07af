/**
 * The recommendation model: who watched this watched that soon after. It learns from the first time a user watches a
 * video, and scores what the user has not seen by how often others went on to it from the user's last videos.
 * The figures come from a replay of MovieLens; `npm run bench -- recommendations` measures them again.
 */
import { Prisma } from '../../generated/prisma/client.ts';
import type { Tx } from '../../outbox/transaction.ts';

/** How many of a user's last distinct videos count. */
export const windowSize = 20;
const halvesEvery = 5; // videos: the sixth last counts half of the last
const fromWeight = 0.7; // how much a popular video to come from says less
const toWeight = 0.3; // how much a popular video to go to says less
const prior = 10; // viewers: keeps pairs that few have watched from the top

/** A user's watch of a video, at its place in the log. */
export interface Watch {
  readonly userId: string;
  readonly videoId: string;
  readonly position: number;
}

/**
 * Learns the watches in this order, and exactly as one by one: a user's earlier watches of the batch count for the
 * later ones. What the user has seen before teaches nothing. One learner at a time, so that no window is missed.
 */
export async function learn(tx: Tx, watches: readonly Watch[]): Promise<void> {
  if (watches.length === 0) return;
  const seen = await readSeen(tx, watches);
  const recent = await readRecent(tx, watches);

  const firsts: Watch[] = [];
  const viewers = new Counts();
  const pairs = new Counts();
  for (const watch of watches) {
    const identity = key(watch.userId, watch.videoId);
    if (seen.has(identity)) continue;
    seen.add(identity);
    firsts.push(watch);
    viewers.add(watch.videoId);
    const previous = recent.get(watch.userId) ?? [];
    for (const from of previous) pairs.add(key(from, watch.videoId));
    recent.set(watch.userId, [watch.videoId, ...previous].slice(0, windowSize));
  }
  if (firsts.length === 0) return;

  await insertHistory(tx, firsts);
  await countViewers(tx, viewers);
  if (pairs.size > 0) await countPairs(tx, pairs);
}

/** The best `count` videos that the user has not seen, best first; the most watched ones when the model knows fewer. */
export async function recommend(db: Pick<Tx, '$queryRaw'>, userId: string, count: number): Promise<string[]> {
  const lists = await recommendAll(db, [userId], count);
  return lists.get(userId) ?? [];
}

/**
 * `recommend` for several users in one statement; has an entry for each of them. Uses the primary keys of the three
 * tables and the history's index by position.
 */
export async function recommendAll(
  db: Pick<Tx, '$queryRaw'>,
  userIds: readonly string[],
  count: number,
): Promise<Map<string, string[]>> {
  const lists = new Map<string, string[]>(userIds.map((userId) => [userId, []]));
  const rows = await db.$queryRaw<{ userId: string; videoId: string }[]>`
    SELECT target.user_id AS "userId", best.video_id AS "videoId"
      FROM unnest(${[...lists.keys()]}::text[]) AS target (user_id)
     CROSS JOIN LATERAL (
       WITH recent AS MATERIALIZED (
         SELECT video_id, power(0.5, age / ${halvesEvery}::float8) AS weight, power(viewers, ${fromWeight}::float8) AS norm
           FROM (SELECT video_id, row_number() OVER (ORDER BY position DESC) - 1 AS age
                   FROM recommendation_history
                  WHERE user_id = target.user_id
                  ORDER BY position DESC
                  LIMIT ${windowSize}::int) AS newest
           JOIN recommendation_video USING (video_id)),
       scored AS (
         SELECT next.video_id, next.viewers,
                sum(recent.weight * pair.viewers
                    / (recent.norm * power(next.viewers, ${toWeight}::float8) + ${prior}::float8)) AS score
           FROM recent
          -- OFFSET 0 keeps the index scan for each of the few: the planner cannot know that they are few
          CROSS JOIN LATERAL (SELECT next_id, viewers FROM recommendation_pair
                               WHERE recommendation_pair.video_id = recent.video_id OFFSET 0) AS pair
           JOIN recommendation_video next ON next.video_id = pair.next_id
          WHERE ${unseen}
          GROUP BY next.video_id, next.viewers
          ORDER BY score DESC, next.viewers DESC, next.video_id
          LIMIT ${count}::int),
       most_watched AS (
         SELECT next.video_id, next.viewers
           FROM recommendation_video next
          WHERE ${unseen} AND NOT EXISTS (SELECT FROM scored WHERE scored.video_id = next.video_id)
          ORDER BY next.viewers DESC, next.video_id
          -- usually none is missing, and this part is not run
          LIMIT ${count}::int - (SELECT count(*) FROM scored))
       SELECT video_id, viewers, score FROM scored
       UNION ALL
       SELECT video_id, viewers, NULL FROM most_watched) AS best
     ORDER BY target.user_id, best.score DESC NULLS LAST, best.viewers DESC, best.video_id`;
  for (const { userId, videoId } of rows) lists.get(userId)?.push(videoId);
  return lists;
}

const unseen = Prisma.sql`
  NOT EXISTS (SELECT FROM recommendation_history known
               WHERE known.user_id = target.user_id AND known.video_id = next.video_id)`;

/** Which of these (user, video) have been watched before. */
async function readSeen(tx: Tx, watches: readonly Watch[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ userId: string; videoId: string }[]>`
    SELECT user_id AS "userId", video_id AS "videoId"
      FROM recommendation_history
     WHERE (user_id, video_id) IN (
       SELECT * FROM unnest(${watches.map((watch) => watch.userId)}::text[],
                            ${watches.map((watch) => watch.videoId)}::text[]))`;
  return new Set(rows.map(({ userId, videoId }) => key(userId, videoId)));
}

/** The last videos of each user, newest first. */
async function readRecent(tx: Tx, watches: readonly Watch[]): Promise<Map<string, readonly string[]>> {
  const userIds = [...new Set(watches.map((watch) => watch.userId))];
  const rows = await tx.$queryRaw<{ userId: string; videoIds: string[] }[]>`
    SELECT user_id AS "userId",
           ARRAY(SELECT video_id FROM recommendation_history history
                  WHERE history.user_id = target.user_id
                  ORDER BY position DESC
                  LIMIT ${windowSize}::int) AS "videoIds"
      FROM unnest(${userIds}::text[]) AS target (user_id)`;
  return new Map(rows.map(({ userId, videoIds }) => [userId, videoIds]));
}

async function insertHistory(tx: Tx, firsts: readonly Watch[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO recommendation_history (user_id, video_id, position)
    SELECT * FROM unnest(${firsts.map((watch) => watch.userId)}::text[],
                         ${firsts.map((watch) => watch.videoId)}::text[],
                         ${firsts.map((watch) => watch.position)}::bigint[])`;
}

async function countViewers(tx: Tx, viewers: Counts): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO recommendation_video AS known (video_id, viewers)
    SELECT * FROM unnest(${viewers.keys()}::text[], ${viewers.values()}::int[])
    ON CONFLICT (video_id) DO UPDATE SET viewers = known.viewers + EXCLUDED.viewers`;
}

async function countPairs(tx: Tx, pairs: Counts): Promise<void> {
  const ids = pairs.keys().map((pair) => JSON.parse(pair) as [string, string]);
  await tx.$executeRaw`
    INSERT INTO recommendation_pair AS known (video_id, next_id, viewers)
    SELECT * FROM unnest(${ids.map(([from]) => from)}::text[], ${ids.map(([, to]) => to)}::text[],
                         ${pairs.values()}::int[])
    ON CONFLICT (video_id, next_id) DO UPDATE SET viewers = known.viewers + EXCLUDED.viewers`;
}

/** Two ids as one key of a map, whatever characters they have. */
const key = (one: string, other: string) => JSON.stringify([one, other]);

/** How often each key was added, read in the order of the keys: rows are always locked in one order. */
class Counts {
  readonly #counts = new Map<string, number>();

  get size(): number {
    return this.#counts.size;
  }

  add(counted: string): void {
    this.#counts.set(counted, (this.#counts.get(counted) ?? 0) + 1);
  }

  keys(): string[] {
    return [...this.#counts.keys()].sort();
  }

  values(): number[] {
    return this.keys().map((counted) => this.#counts.get(counted) ?? 0);
  }
}
