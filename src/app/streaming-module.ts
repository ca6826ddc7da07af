import { streamingEvents } from '../domains/streaming/events.ts';
import { streamingResolvers } from '../resolvers/streaming/index.ts';
import { streamingReactions } from '../workers/streaming/index.ts';
import type { Module } from './module.ts';

/** Videos, who watches them, and the services that live from it. */
export const streamingModule: Module = {
  events: streamingEvents,
  resolvers: streamingResolvers,
  reactions: (changed) =>
    streamingReactions({
      viewershipChanged: () => changed('viewership'),
      leaderboardChanged: () => changed('leaderboard'),
    }),
};
