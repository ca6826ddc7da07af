import { heartbeat, qualityChanged, watchStarted, watchStopped } from '../../domains/streaming/events.ts';
import type { EventOf } from '../../events/define-event.ts';
import type { Quality } from '../../generated/prisma/client.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { processor, type Reaction } from '../reaction.ts';

const followed = [watchStarted, qualityChanged, heartbeat, watchStopped] as const;
type Followed = EventOf<(typeof followed)[number]>;

const forgottenAfterMs = 5 * 60 * 1_000; // far longer than a session without a heartbeat counts

/**
 * Keeps who is watching what now, by the time of the events. `changed` is called after the commit with the videos whose
 * viewers may be others than before; it can be lost.
 */
export function analytics({
  changed,
}: {
  readonly changed: (videoIds: readonly string[]) => void;
}): Reaction {
  return processor<(typeof followed)[number]>({
    name: 'analytics',
    events: followed,
    tables: ['analytics_viewer'],
    async handle(tx, events) {
      const { seen, requalified, gone } = fold(events);
      if (seen.length > 0) await upsertViewers(tx, seen);
      if (requalified.length > 0) await changeQualities(tx, requalified);
      const newest = Math.max(...events.map((event) => Date.parse(event.occurredAt)));
      await removeViewers(tx, gone, new Date(newest - forgottenAfterMs));
    },
    afterCommit: (events) => changed([...new Set(events.map((event) => event.payload.videoId))]),
  });
}

interface Seen {
  readonly kind: 'seen';
  readonly sessionId: string;
  readonly videoId: string;
  readonly quality: Quality;
  /** ISO 8601 */
  readonly lastSeenAt: string;
}

interface Requalified {
  readonly kind: 'requalified';
  readonly sessionId: string;
  readonly quality: Quality;
}

interface Gone {
  readonly kind: 'gone';
  readonly sessionId: string;
}

/** What a batch comes to for each session, in the order of the session ids. */
export function fold(events: readonly Followed[]) {
  const outcomes = new Map<string, Seen | Requalified | Gone>();
  for (const event of events) {
    const { sessionId } = event.payload;
    outcomes.set(sessionId, outcome(event, outcomes.get(sessionId)));
  }
  const all = [...outcomes.values()].sort((one, other) => (one.sessionId < other.sessionId ? -1 : 1));
  return {
    seen: all.filter((each) => each.kind === 'seen'),
    requalified: all.filter((each) => each.kind === 'requalified'),
    gone: all.filter((each) => each.kind === 'gone').map((each) => each.sessionId),
  };
}

function outcome(event: Followed, before: Seen | Requalified | Gone | undefined): Seen | Requalified | Gone {
  switch (event.type) {
    case 'video.watch_started':
    case 'video.heartbeat': {
      const { sessionId, videoId, quality } = event.payload;
      return { kind: 'seen', sessionId, videoId, quality, lastSeenAt: event.occurredAt };
    }
    case 'video.quality_changed': {
      const { sessionId, to: quality } = event.payload;
      // no sign of life: only a start or a heartbeat is one
      return before?.kind === 'seen' ? { ...before, quality } : { kind: 'requalified', sessionId, quality };
    }
    case 'video.watch_stopped':
      return { kind: 'gone', sessionId: event.payload.sessionId };
    default:
      return event satisfies never;
  }
}

async function upsertViewers(tx: Tx, viewers: readonly Seen[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO analytics_viewer AS known (session_id, video_id, quality, last_seen_at)
    SELECT viewer."sessionId", viewer."videoId", viewer.quality, viewer."lastSeenAt"
      FROM jsonb_to_recordset(${JSON.stringify(viewers)}::jsonb)
        AS viewer ("sessionId" uuid, "videoId" text, quality quality, "lastSeenAt" timestamptz)
    ON CONFLICT (session_id) DO UPDATE
       SET quality = EXCLUDED.quality, last_seen_at = greatest(known.last_seen_at, EXCLUDED.last_seen_at)`;
}

/** A session that is not being watched any more has no row, and gets none. */
async function changeQualities(tx: Tx, changes: readonly Requalified[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE analytics_viewer
       SET quality = change.quality
      FROM jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) AS change ("sessionId" uuid, quality quality)
     WHERE session_id = change."sessionId"`;
}

/** Those whose session has ended, and those who went without a word. */
async function removeViewers(tx: Tx, gone: readonly string[], unseenSince: Date): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM analytics_viewer
     WHERE session_id = ANY (${gone}::uuid[]) OR last_seen_at < ${unseenSince}::timestamptz`;
}
