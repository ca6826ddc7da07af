import { notificationSent, recommendationUpdated, watchStarted } from '../../domains/streaming/events.ts';
import type { EventOf } from '../../events/define-event.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { queueReaction } from '../reaction.ts';

const titlesShown = 3;

/** Tells friends what a user starts to watch, and users of their new recommendations. */
export const notifications = queueReaction({
  name: 'notifications',
  about: 'tells friends what a user starts to watch, and users of their new recommendations',
  events: [watchStarted, recommendationUpdated],
  async handleBatch(tx, events, { record, now }) {
    const causes = new Map(events.map((event) => [event.id, event]));
    const started = events.filter((event) => event.type === 'video.watch_started');
    const updated = events.filter((event) => event.type === 'recommendation.updated');
    const messages = [...(await toFriends(tx, started)), ...(await toViewers(tx, updated))];
    for (const { eventId, notificationId, userId, message } of await send(tx, messages, now)) {
      record(
        causes.get(eventId)!,
        notificationSent.of({
          aggregateId: notificationId,
          aggregateVersion: 1,
          occurredAt: now,
          payload: { notificationId, userId, message },
        }),
      );
    }
  },
});

interface Message {
  /** What it tells of */
  readonly eventId: string;
  /** The receiver */
  readonly userId: string;
  readonly message: string;
}

interface Sent extends Message {
  readonly notificationId: string;
}

async function toFriends(tx: Tx, started: readonly EventOf<typeof watchStarted>[]): Promise<Message[]> {
  const friends = await readFriends(tx, [...new Set(started.map(({ payload }) => payload.userId))]);
  return started.flatMap(({ id: eventId, payload: { userId, title } }) =>
    (friends.get(userId) ?? []).map((friendId) => ({
      eventId,
      userId: friendId,
      message: `${userId} started watching ${title}`,
    })),
  );
}

async function toViewers(
  tx: Tx,
  updated: readonly EventOf<typeof recommendationUpdated>[],
): Promise<Message[]> {
  const shown = updated.flatMap(({ payload }) => payload.videoIds.slice(0, titlesShown));
  const titles = await readTitles(tx, [...new Set(shown)]);
  return updated.flatMap(({ id: eventId, payload: { userId, videoIds } }) => {
    const known = videoIds.slice(0, titlesShown).flatMap((videoId) => titles.get(videoId) ?? []);
    // a list can become empty: the user has seen everything
    if (known.length === 0) return [];
    return [{ eventId, userId, message: `New recommendations for you: ${known.join(', ')}` }];
  });
}

/** In the order of the messages. */
function send(tx: Tx, messages: readonly Message[], now: Date): Promise<readonly Sent[]> {
  if (messages.length === 0) return Promise.resolve([]);
  return tx.$queryRaw<Sent[]>`
    WITH sent AS MATERIALIZED (
      SELECT gen_random_uuid() AS id, message.*
        FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(messages)}::jsonb)
                          AS ("eventId" uuid, "userId" text, message text))
             WITH ORDINALITY AS message ("eventId", "userId", message, n)),
    written AS (
      INSERT INTO notification (id, user_id, message, sent_at)
      SELECT id, "userId", message, ${now}::timestamptz FROM sent ORDER BY n)
    SELECT id AS "notificationId", "eventId", "userId", message FROM sent ORDER BY n`;
}

async function readFriends(
  tx: Tx,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (userIds.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ userId: string; friendIds: string[] }[]>`
    SELECT user_id AS "userId", array_agg(friend_id ORDER BY friend_id) AS "friendIds"
      FROM friendship WHERE user_id = ANY (${[...userIds]}::text[]) GROUP BY user_id`;
  return new Map(rows.map(({ userId, friendIds }) => [userId, friendIds]));
}

/** The catalogue is nobody's own table: it is only read. */
async function readTitles(tx: Tx, videoIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (videoIds.length === 0) return new Map();
  const found = await tx.video.findMany({ where: { id: { in: [...videoIds] } } });
  return new Map(found.map(({ id, title }) => [id, title]));
}
