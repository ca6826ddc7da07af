import { earnedBadges, type Progress } from '../../domains/streaming/badges.ts';
import { badgeAwarded, watchStarted } from '../../domains/streaming/events.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { queueReaction } from '../reaction.ts';

/** Counts what each user starts to watch, and awards each badge once. */
export const badges = queueReaction({
  name: 'badges',
  events: [watchStarted],
  async handle(tx, { payload: { userId, genres } }, { record, now }) {
    const progress = await countWatch(tx, userId, genres);
    for (const badge of await award(tx, userId, earnedBadges(progress), now)) {
      record(
        badgeAwarded.of({
          aggregateId: `${userId}:${badge}`,
          aggregateVersion: 1,
          occurredAt: now,
          payload: { userId, badge },
        }),
      );
    }
  },
});

/** The upsert locks the user's row until the commit, so that of watches at once each sees a count of its own. */
async function countWatch(tx: Tx, userId: string, genres: readonly string[]): Promise<Progress> {
  const rows = await tx.$queryRaw<Progress[]>`
    INSERT INTO badge_progress AS known (user_id, watches, genres)
    VALUES (${userId}, 1, ARRAY(SELECT DISTINCT unnest(${genres}::text[]) ORDER BY 1))
    ON CONFLICT (user_id) DO UPDATE
       SET watches = known.watches + 1,
           genres = ARRAY(SELECT DISTINCT unnest(known.genres || EXCLUDED.genres) ORDER BY 1)
    RETURNING watches, genres`;
  return rows[0]!;
}

/** Gives those that the user did not have yet. */
async function award(tx: Tx, userId: string, earned: readonly string[], now: Date): Promise<string[]> {
  const rows = await tx.$queryRaw<{ name: string }[]>`
    INSERT INTO badge (user_id, name, awarded_at)
    SELECT ${userId}, name, ${now}::timestamptz FROM unnest(${earned}::text[]) WITH ORDINALITY AS earned (name, n) ORDER BY n
    ON CONFLICT (user_id, name) DO NOTHING
    RETURNING name`;
  return rows.map(({ name }) => name);
}
