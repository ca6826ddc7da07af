import type { MutationResolvers, QueryResolvers } from '../../schema/generated.ts';
import { countOf, textOf } from '../arguments.ts';
import type { ResolverModule } from '../resolver-module.ts';
import { subscriptions } from './subscriptions.ts';

const queries: QueryResolvers = {
  eventFlow: (_parent, { correlationId }, { services }) =>
    services.operations.eventFlow(textOf('correlationId', correlationId)),
  deadLetters: (_parent, { consumer, first, after }, { services }) =>
    services.operations.deadLetters({
      consumer: textOf('consumer', consumer),
      first: countOf('first', first),
      after: after ?? undefined,
    }),
  pipeline: (_parent, _args, { services }) => services.operations.pipeline(),
};

const mutations: MutationResolvers = {
  redrive: (_parent, { ids, consumer }, { services }) =>
    services.operations.redrive({ ids: ids ?? undefined, consumer: textOf('consumer', consumer) }),
  discard: (_parent, { ids, consumer }, { services }) =>
    services.operations.discard({ ids: ids ?? undefined, consumer: textOf('consumer', consumer) }),
  pauseConsumer: (_parent, { consumer }, { services }) =>
    services.operations.changeConsumer(textOf('consumer', consumer), 'pause'),
  drainConsumer: (_parent, { consumer }, { services }) =>
    services.operations.changeConsumer(textOf('consumer', consumer), 'drain'),
  resumeConsumer: (_parent, { consumer }, { services }) =>
    services.operations.changeConsumer(textOf('consumer', consumer), 'resume'),
};

export const operationsResolvers: ResolverModule = {
  resolvers: { Query: queries, Mutation: mutations, Subscription: subscriptions },
};
