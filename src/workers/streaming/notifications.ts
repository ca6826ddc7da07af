import { notificationSent, recommendationUpdated, watchStarted } from '../../domains/streaming/events.ts';
import type { EventOf } from '../../events/define-event.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { queueReaction } from '../reaction.ts';

const titlesShown = 3;

/** Tells friends what a user starts to watch, and users of their new recommendations. */
export const notifications = queueReaction({
  name: 'notifications',
  events: [watchStarted, recommendationUpdated],
  async handle(tx, event, { record, now }) {
    const sent = await notify(tx, event, now);
    for (const { notificationId, userId, message } of sent) {
      record(
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

interface Sent {
  readonly notificationId: string;
  readonly userId: string;
  readonly message: string;
}

type Told = EventOf<typeof watchStarted | typeof recommendationUpdated>;

async function notify(tx: Tx, event: Told, now: Date): Promise<readonly Sent[]> {
  switch (event.type) {
    case 'video.watch_started': {
      const { userId, title } = event.payload;
      const friends = Prisma.sql`SELECT friend_id FROM friendship WHERE user_id = ${userId} ORDER BY friend_id`;
      return insert(tx, friends, `${userId} started watching ${title}`, now);
    }
    case 'recommendation.updated': {
      const { userId, videoIds } = event.payload;
      const titles = await readTitles(tx, videoIds.slice(0, titlesShown));
      // a list can become empty: the user has seen everything
      if (titles.length === 0) return [];
      return insert(
        tx,
        Prisma.sql`SELECT ${userId}`,
        `New recommendations for you: ${titles.join(', ')}`,
        now,
      );
    }
    default:
      return event satisfies never;
  }
}

/** One row for each user that the query gives. */
function insert(tx: Tx, userIds: Prisma.Sql, message: string, now: Date): Promise<Sent[]> {
  return tx.$queryRaw<Sent[]>`
    INSERT INTO notification (id, user_id, message, sent_at)
    SELECT gen_random_uuid(), receiver.user_id, ${message}, ${now}::timestamptz FROM (${userIds}) AS receiver (user_id)
    RETURNING id AS "notificationId", user_id AS "userId", message`;
}

/** In the order of the ids. The catalogue is nobody's own table: it is only read. */
async function readTitles(tx: Tx, videoIds: readonly string[]): Promise<string[]> {
  const found = await tx.video.findMany({ where: { id: { in: [...videoIds] } } });
  const titles = new Map(found.map(({ id, title }) => [id, title]));
  return videoIds.flatMap((videoId) => titles.get(videoId) ?? []);
}
