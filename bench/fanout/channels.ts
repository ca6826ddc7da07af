/** Where the rivals hear of an event in Redis Pub/Sub. */

export const rawChannel = 'bench:raw';

/** One channel a film, as their documentation recommends: what is published there needs no filter. */
export const videoTrigger = (videoId: string): string => `WATCH_ACTIVITY.${videoId}`;
