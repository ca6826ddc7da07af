/**
 * The usual stack as its packages' documentation shows it: graphql-yoga, graphql-ws on ws, and
 * graphql-redis-subscriptions. A rival calls this with its schema, in a process of its own.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RedisPubSub } from 'graphql-redis-subscriptions';
import { useServer } from 'graphql-ws/use/ws';
import { createYoga, type GraphQLSchemaWithContext, type YogaInitialContext } from 'graphql-yoga';
import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';
import { announce } from './measured-server.ts';

/** On the Redis of REDIS_URL. */
export function openPubSub(): RedisPubSub {
  const url = process.env.REDIS_URL!;
  return new RedisPubSub({ publisher: new Redis(url), subscriber: new Redis(url) });
}

/** Serves the schema on a free port at /graphql, and announces it. */
export function serveStock(schema: GraphQLSchemaWithContext<YogaInitialContext>): void {
  const yoga = createYoga({ schema });
  const server = createServer(yoga);
  const sockets = new WebSocketServer({ server, path: yoga.graphqlEndpoint });
  useServer(
    {
      execute: (args) => (args.rootValue as Enveloped).execute(args),
      subscribe: (args) => (args.rootValue as Enveloped).subscribe(args),
      async onSubscribe(context, _id, params) {
        const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
          ...context,
          req: context.extra.request,
          socket: context.extra.socket,
          params,
        });
        const args = {
          schema,
          operationName: params.operationName,
          document: parse(params.query),
          variableValues: params.variables,
          contextValue: await contextFactory(),
          rootValue: { execute, subscribe },
        };
        const errors = validate(args.schema, args.document);
        return errors.length > 0 ? errors : args;
      },
    },
    sockets,
  );
  server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
}

/** How the documented wiring passes yoga's own functions on */
interface Enveloped {
  readonly execute: (args: unknown) => never;
  readonly subscribe: (args: unknown) => never;
}
