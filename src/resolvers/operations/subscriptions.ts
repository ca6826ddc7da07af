import type { SubscriptionResolvers } from '../../schema/generated.ts';
import { liveField } from '../subscriptions/live-field.ts';

const everyMs = 1_000; // nobody tells of a change of the pipeline: it is looked at

export const subscriptions: SubscriptionResolvers = {
  pipeline: liveField((_args: object, { services }) =>
    services.sources.signal({
      signal: 'pipeline',
      key: [],
      read: () => services.operations.pipeline(),
      everyMs,
    }),
  ),
};
