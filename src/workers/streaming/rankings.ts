import { watchStarted } from '../../domains/streaming/events.ts';
import { processor, type Reaction } from '../reaction.ts';

/** Counts how often each video was started. `changed` is called after the commit; it can be lost. */
export function rankings({ changed }: { readonly changed: () => void }): Reaction {
  return processor({
    name: 'rankings',
    events: [watchStarted],
    tables: ['ranking'],
    async handle(tx, events) {
      const videoIds = events.map((event) => event.payload.videoId);
      await tx.$executeRaw`
        INSERT INTO ranking AS known (video_id, starts)
        SELECT video_id, count(*) FROM unnest(${videoIds}::text[]) AS video_id GROUP BY video_id ORDER BY video_id
        ON CONFLICT (video_id) DO UPDATE SET starts = known.starts + EXCLUDED.starts`;
    },
    afterCommit: () => changed(),
  });
}
