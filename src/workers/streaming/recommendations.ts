import { recommendationUpdated, watchStarted } from '../../domains/streaming/events.ts';
import { learn, recommendAll } from '../../domains/streaming/recommendation-model.ts';
import type { EventOf } from '../../events/define-event.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { processor } from '../reaction.ts';

const listLength = 10;

/** Learns who watches what after what, and tells each viewer of a batch whose list is another than before. */
export const recommendations = processor({
  name: 'recommendations',
  events: [watchStarted],
  tables: ['recommendation_history', 'recommendation_video', 'recommendation_pair'],
  slots: 1, // the model has one learner
  lingerMs: 1_000, // a viewer's list is worth computing once for several starts
  batchSize: 200, // a list takes about 20 ms at 8,000 videos, and a transaction has to end within 15 s
  async handle(tx, events, { record, now, rebuilding }) {
    await learn(
      tx,
      events.map(({ position, payload: { userId, videoId } }) => ({ userId, videoId, position })),
    );
    if (rebuilding) return; // what users were told stays told
    const causes = lastEventOfEachUser(events);
    const userIds = [...causes.keys()].sort();
    const lists = await recommendAll(tx, userIds, listLength);
    const announced = await readAnnounced(tx, userIds);

    const changed = userIds.flatMap((userId): List[] => {
      const videoIds = lists.get(userId) ?? [];
      const before = announced.get(userId) ?? { videoIds: [], version: 0 };
      return isSame(videoIds, before.videoIds) ? [] : [{ userId, videoIds, version: before.version + 1 }];
    });
    await writeAnnounced(tx, changed, now);
    for (const { userId, videoIds, version } of changed) {
      const event = {
        aggregateId: userId,
        aggregateVersion: version,
        occurredAt: now,
        payload: { userId, videoIds },
      };
      record(causes.get(userId)!, recommendationUpdated.of(event));
    }
  },
});

interface List {
  readonly userId: string;
  readonly videoIds: string[];
  readonly version: number;
}

type Started = EventOf<typeof watchStarted>;

function lastEventOfEachUser(events: readonly Started[]): Map<string, Started> {
  return new Map(events.map((event) => [event.payload.userId, event]));
}

const isSame = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((videoId, index) => videoId === other[index]);

async function readAnnounced(tx: Tx, userIds: readonly string[]): Promise<Map<string, List>> {
  const rows = await tx.recommendationList.findMany({ where: { userId: { in: [...userIds] } } });
  return new Map(rows.map((row) => [row.userId, row]));
}

async function writeAnnounced(tx: Tx, lists: readonly List[], now: Date): Promise<void> {
  if (lists.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO recommendation_list (user_id, video_ids, version, updated_at)
    SELECT list."userId", list."videoIds", list.version, ${now}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(lists)}::jsonb) AS list ("userId" text, "videoIds" text[], version int)
    ON CONFLICT (user_id) DO UPDATE
       SET video_ids = EXCLUDED.video_ids, version = EXCLUDED.version, updated_at = EXCLUDED.updated_at`;
}
