import { earnedBadges, type Progress } from '../../domains/streaming/badges.ts';
import { badgeAwarded, watchStarted } from '../../domains/streaming/events.ts';
import type { EventOf } from '../../events/define-event.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { queueReaction } from '../reaction.ts';

/** Counts what each user starts to watch, and awards each badge once. */
export const badges = queueReaction({
  name: 'badges',
  about: 'counts what each user starts to watch, and awards badges for it',
  events: [watchStarted],
  async handleBatch(tx, events, { record, now }) {
    const byUser = Map.groupBy(events, (event) => event.payload.userId);
    const progress = await countWatches(tx, byUser);
    for (const { userId, badge } of await award(tx, progress, now)) {
      const cause = byUser.get(userId)!.at(-1)!; // of those that were counted together
      record(
        cause,
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

type Started = EventOf<typeof watchStarted>;

interface UserProgress extends Progress {
  readonly userId: string;
}

/** The upsert locks each user's row until the commit, so that of watches at once each sees a count of its own. */
function countWatches(
  tx: Tx,
  byUser: ReadonlyMap<string, readonly Started[]>,
): Promise<readonly UserProgress[]> {
  const counted = [...byUser].map(([userId, events]) => ({
    userId,
    watches: events.length,
    genres: [...new Set(events.flatMap(({ payload }) => payload.genres))].sort(),
  }));
  return tx.$queryRaw<UserProgress[]>`
    INSERT INTO badge_progress AS known (user_id, watches, genres)
    SELECT "userId", watches, genres
      FROM jsonb_to_recordset(${JSON.stringify(counted)}::jsonb) AS counted ("userId" text, watches int, genres text[])
     ORDER BY "userId" -- others lock users in this order too
    ON CONFLICT (user_id) DO UPDATE
       SET watches = known.watches + EXCLUDED.watches,
           genres = ARRAY(SELECT DISTINCT unnest(known.genres || EXCLUDED.genres) ORDER BY 1)
    RETURNING user_id AS "userId", watches, genres`;
}

/** Gives those that the users did not have yet. */
function award(
  tx: Tx,
  progress: readonly UserProgress[],
  now: Date,
): Promise<readonly { readonly userId: string; readonly badge: string }[]> {
  const earned = progress.flatMap((each) =>
    earnedBadges(each).map((badge) => ({ userId: each.userId, badge })),
  );
  if (earned.length === 0) return Promise.resolve([]);
  return tx.$queryRaw`
    INSERT INTO badge (user_id, name, awarded_at)
    SELECT "userId", badge, ${now}::timestamptz
      FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(earned)}::jsonb) AS ("userId" text, badge text))
           WITH ORDINALITY AS earned ("userId", badge, n)
     ORDER BY n
    ON CONFLICT (user_id, name) DO NOTHING
    RETURNING user_id AS "userId", name AS badge`;
}
