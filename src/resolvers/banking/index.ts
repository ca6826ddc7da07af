import { bankingReportResolvers } from '../banking-reports/index.ts';
import type { ResolverModule } from '../resolver-module.ts';
import { eventFields, eventTypes } from './events.ts';
import { mutations } from './mutations.ts';
import { queries } from './queries.ts';
import { subscriptions } from './subscriptions.ts';

export const bankingResolvers: ResolverModule = {
  resolvers: {
    Query: { ...queries, ...bankingReportResolvers.Query },
    Mutation: mutations,
    Subscription: subscriptions,
    ...eventFields,
  },
  eventTypes,
};
