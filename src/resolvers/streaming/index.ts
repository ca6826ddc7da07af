import type { ResolverModule } from '../resolver-module.ts';
import { eventFields, eventTypes } from './events.ts';
import { mutations } from './mutations.ts';
import { queries } from './queries.ts';
import { subscriptions } from './subscriptions.ts';

export const streamingResolvers: ResolverModule = {
  resolvers: { Query: queries, Mutation: mutations, Subscription: subscriptions, ...eventFields },
  eventTypes,
};
