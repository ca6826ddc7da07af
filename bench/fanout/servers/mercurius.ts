/** mercurius on fastify with mqemitter-redis, as its documentation shows for several servers behind one Redis. */
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import mercurius from 'mercurius';
import createEmitter from 'mqemitter-redis';
import { announce } from '../../live/measured-server.ts';
import { typeDefs } from '../../live/rival-schema.ts';
import { videoTrigger } from '../channels.ts';

const app = Fastify();
app.register(mercurius, {
  schema: typeDefs,
  resolvers: {
    Subscription: {
      watchActivity: {
        subscribe: (_parent: unknown, { videoId }: { videoId: string }, { pubsub }) =>
          pubsub.subscribe(videoTrigger(videoId)),
      },
    },
  },
  subscription: { emitter: createEmitter({ connectionString: process.env.REDIS_URL! }) },
});
await app.listen({ port: 0, host: '127.0.0.1' });
announce((app.server.address() as AddressInfo).port);
