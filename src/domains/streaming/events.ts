/** What can happen in the streaming domain. A payload holds all that the services need, so that none reads another's tables. */
import { z } from 'zod';
import { defineEvent } from '../../events/define-event.ts';
import { Quality } from '../../generated/prisma/enums.ts';

const quality = z.enum(Quality);
const viewing = { sessionId: z.string(), userId: z.string(), videoId: z.string() };

/** What events are looked up by. */
export const userKey = (userId: string) => `user:${userId}`;
export const videoKey = (videoId: string) => `video:${videoId}`;

const ofUser = { user: ({ userId }: { userId: string }) => userId };
const ofUserAndVideo = { ...ofUser, video: ({ videoId }: { videoId: string }) => videoId };
const session = { topic: 'video', aggregateType: 'session', keys: ofUserAndVideo } as const;

export const watchStarted = defineEvent(
  'video.watch_started',
  z.object({ ...viewing, quality, title: z.string(), genres: z.array(z.string()) }),
  session,
);

export const qualityChanged = defineEvent(
  'video.quality_changed',
  z.object({ ...viewing, from: quality, to: quality }),
  session,
);

export const watchStopped = defineEvent(
  'video.watch_stopped',
  z.object({ ...viewing, watchedSeconds: z.int().nonnegative() }),
  session,
);

/** Frequent, and so on a topic of its own: nobody who follows sessions has to read past it. */
export const heartbeat = defineEvent('video.heartbeat', z.object({ ...viewing, quality }), {
  ...session,
  topic: 'video-heartbeat',
});

/** The user's list, best first, is another than the one last announced. The aggregate id is the user's. */
export const recommendationUpdated = defineEvent(
  'recommendation.updated',
  z.object({ userId: z.string(), videoIds: z.array(z.string()) }),
  { topic: 'recommendation', aggregateType: 'recommendation-list', keys: ofUser },
);

export const notificationSent = defineEvent(
  'notification.sent',
  z.object({ notificationId: z.string(), userId: z.string(), message: z.string() }),
  { topic: 'notification', aggregateType: 'notification', keys: ofUser },
);

/** The aggregate id is `<user>:<badge>`: each badge is awarded once. */
export const badgeAwarded = defineEvent(
  'badge.awarded',
  z.object({ userId: z.string(), badge: z.string() }),
  { topic: 'badge', aggregateType: 'badge', keys: ofUser },
);

export const streamingEvents = [
  watchStarted,
  qualityChanged,
  watchStopped,
  heartbeat,
  recommendationUpdated,
  notificationSent,
  badgeAwarded,
] as const;
