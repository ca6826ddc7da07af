import type { QueryResolvers } from '../../schema/generated.ts';
import { countOf, textOf } from '../arguments.ts';
import type { ResolverModule } from '../resolver-module.ts';
import { mutations } from './mutations.ts';
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

export const operationsResolvers: ResolverModule = {
  resolvers: { Query: queries, Mutation: mutations, Subscription: subscriptions },
};
