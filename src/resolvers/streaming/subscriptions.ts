/** Events of one user or video, and the signals that the analytics and rankings services keep. */
import * as events from '../../domains/streaming/events.ts';
import * as streaming from '../../domains/streaming/queries.ts';
import type {
  RequireFields,
  SubscriptionLeaderboardArgs,
  SubscriptionNotificationsArgs,
  SubscriptionRecommendationsArgs,
  SubscriptionResolvers,
  SubscriptionViewershipArgs,
  SubscriptionWatchActivityArgs,
} from '../../schema/generated.ts';
import { eventSource, typesOf } from '../subscriptions/event-source.ts';
import { liveField } from '../subscriptions/live-field.ts';

const activity = typesOf(events.watchStarted, events.qualityChanged, events.watchStopped);

export const subscriptions: SubscriptionResolvers = {
  watchActivity: liveField(({ userId, videoId, after }: SubscriptionWatchActivityArgs, context) => {
    const keys = [
      ...(userId == null ? [] : [events.userKey(userId)]),
      ...(videoId == null ? [] : [events.videoKey(videoId)]),
    ];
    return eventSource({ types: activity, keys }, { after }, context);
  }),
  recommendations: liveField(({ userId, after }: SubscriptionRecommendationsArgs, context) =>
    eventSource(
      { types: typesOf(events.recommendationUpdated), keys: [events.userKey(userId)] },
      { after },
      context,
    ),
  ),
  notifications: liveField(({ userId, after }: SubscriptionNotificationsArgs, context) =>
    eventSource(
      { types: typesOf(events.notificationSent), keys: [events.userKey(userId)] },
      { after },
      context,
    ),
  ),
  viewership: liveField(({ videoId }: SubscriptionViewershipArgs, { services, now }) =>
    services.sources.signal({
      signal: 'viewership',
      key: [videoId ?? null],
      read: () => streaming.viewership(services.prisma, videoId, now()),
      // the time of a reading is no change
      significant: ({ at: _at, ...value }) => value,
    }),
  ),
  leaderboard: liveField(({ first }: RequireFields<SubscriptionLeaderboardArgs, 'first'>, { services }) =>
    services.sources.signal({
      signal: 'leaderboard',
      key: [first],
      read: () => streaming.leaderboard(services.prisma, first),
    }),
  ),
};
