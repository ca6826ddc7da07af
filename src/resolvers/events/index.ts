import type { QueryEventsArgs, Resolvers } from '../../schema/generated.ts';
import { eventFilterOf, pageOf } from '../arguments.ts';
import type { Context } from '../context.ts';
import type { ResolverModule } from '../resolver-module.ts';
import { payloadOf } from './payload.ts';
import { subscriptions } from './subscriptions.ts';

const resolvers: Resolvers = {
  Event: {
    // the type is resolved by createSchema, from what each domain names
    occurredAt: (event) => new Date(event.occurredAt),
    payload: (event, _args, context) => payloadOf(event, context),
    cursor: (event, _args, { services }) => services.cursors.encode(event.position),
  },
  Subscription: subscriptions,
  Query: {
    events: (_parent, args, context) => readEvents(args, context),
    head(_parent, _args, { head, services }) {
      if (head === undefined) throw new Error('the head has to be read before the request is executed');
      return services.cursors.encode(head);
    },
  },
};

async function readEvents(args: QueryEventsArgs, { services, head }: Context) {
  const { cursors, log } = services;
  const position = (cursor: string | null | undefined) =>
    typeof cursor === 'string' ? cursors.decode(cursor) : undefined;
  const { events, hasNextPage, hasPreviousPage } = await log.page({
    filter: eventFilterOf(args),
    after: position(args.after),
    before: position(args.before),
    ...pageOf(args),
    head,
  });
  const edges = events.map((node) => ({ cursor: cursors.encode(node.position), node }));
  const [startCursor = null, endCursor = null] = [edges.at(0)?.cursor, edges.at(-1)?.cursor];
  return { edges, pageInfo: { hasNextPage, hasPreviousPage, startCursor, endCursor } };
}

export const eventResolvers: ResolverModule = { resolvers };
