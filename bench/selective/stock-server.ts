/**
 * The usual stack, with one channel for all users, which is its argument, and a filter in every subscription, as its
 * documentation shows.
 */
import { withFilter } from 'graphql-subscriptions';
import { createSchema } from 'graphql-yoga';
import { typeDefs } from '../live/rival-schema.ts';
import { openPubSub, serveStock } from '../live/stock-server.ts';

const pubsub = openPubSub();
const channel = process.argv[2]!;

serveStock(
  createSchema({
    typeDefs,
    resolvers: {
      Subscription: {
        watchActivity: {
          subscribe: withFilter(
            () => pubsub.asyncIterableIterator(channel),
            (event, variables) => event.watchActivity.userId === variables?.userId,
          ),
        },
      },
    },
  }),
);
