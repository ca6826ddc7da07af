import * as streaming from '../../domains/streaming/queries.ts';
import type { QueryResolvers } from '../../schema/generated.ts';

export const queries: QueryResolvers = {
  video: (_parent, { id }, { services }) => streaming.video(services.prisma, id),
  videos: (_parent, args, { services }) => streaming.videos(services.prisma, args),
  session: (_parent, { id }, { services }) => streaming.session(services.prisma, id),
  viewership: (_parent, { videoId }, { services, now }) =>
    streaming.viewership(services.prisma, videoId, now()),
  preferences: (_parent, { userId }, { services, now }) =>
    streaming.preferences(services.prisma, userId, now()),
  recommendations: (_parent, { userId, first }, { services }) =>
    streaming.recommendations(services.prisma, userId, first),
  badges: (_parent, { userId }, { services }) => streaming.badges(services.prisma, userId),
  notifications: (_parent, { userId, first }, { services }) =>
    streaming.notifications(services.prisma, userId, first),
  leaderboard: (_parent, { first }, { services }) => streaming.leaderboard(services.prisma, first),
};
