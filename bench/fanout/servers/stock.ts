/** The usual stack, with one channel a film. */
import { createSchema } from 'graphql-yoga';
import { typeDefs } from '../../live/rival-schema.ts';
import { openPubSub, serveStock } from '../../live/stock-server.ts';
import { videoTrigger } from '../channels.ts';

const pubsub = openPubSub();

serveStock(
  createSchema({
    typeDefs,
    resolvers: {
      Subscription: {
        watchActivity: {
          subscribe: (_parent: unknown, { videoId }: { videoId: string }) =>
            pubsub.asyncIterableIterator(videoTrigger(videoId)),
        },
      },
    },
  }),
);
