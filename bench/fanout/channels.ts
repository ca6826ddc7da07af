/** Where the rivals hear of an event in Redis Pub/Sub. */

/** Each raw server has its own, so that one does nothing while the other is measured. */
export const rawChannels = { plain: 'bench:raw', coalesced: 'bench:raw-coalesced' } as const;

/** One channel a film, as their documentation recommends: what is published there needs no filter. */
export const videoTrigger = (videoId: string): string => `WATCH_ACTIVITY.${videoId}`;
