/** The fields that each event type of this domain has beyond those of every event. */
import * as events from '../../domains/streaming/events.ts';
import type { Resolvers } from '../../schema/generated.ts';
import { payloadFields } from '../events/payload.ts';

const started = payloadFields(events.watchStarted);
const changed = payloadFields(events.qualityChanged);
const stopped = payloadFields(events.watchStopped);
const recommended = payloadFields(events.recommendationUpdated);
const notified = payloadFields(events.notificationSent);
const awarded = payloadFields(events.badgeAwarded);

export const eventTypes = {
  [events.watchStarted.type]: 'WatchStarted',
  [events.qualityChanged.type]: 'QualityChanged',
  [events.watchStopped.type]: 'WatchStopped',
  [events.recommendationUpdated.type]: 'RecommendationsUpdated',
  [events.notificationSent.type]: 'NotificationSent',
  [events.badgeAwarded.type]: 'BadgeAwarded',
};

export const eventFields = {
  WatchStarted: {
    sessionId: started('sessionId'),
    userId: started('userId'),
    videoId: started('videoId'),
    quality: started('quality'),
  },
  QualityChanged: {
    sessionId: changed('sessionId'),
    userId: changed('userId'),
    videoId: changed('videoId'),
    from: changed('from'),
    to: changed('to'),
  },
  WatchStopped: {
    sessionId: stopped('sessionId'),
    userId: stopped('userId'),
    videoId: stopped('videoId'),
    watchedSeconds: stopped('watchedSeconds'),
  },
  RecommendationsUpdated: {
    userId: recommended('userId'),
    async videos(event, args, context) {
      const ids = recommended('videoIds')(event, args, context);
      const videos = await Promise.all(ids.map((id) => context.loaders.videoById.load(id)));
      return videos.filter((video) => video !== undefined);
    },
  },
  NotificationSent: { userId: notified('userId'), message: notified('message') },
  BadgeAwarded: { userId: awarded('userId'), badge: awarded('badge') },
} satisfies Resolvers;
