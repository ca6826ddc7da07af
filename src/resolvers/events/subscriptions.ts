import type { SubscriptionEventsArgs, SubscriptionResolvers } from '../../schema/generated.ts';
import { eventFilterOf } from '../arguments.ts';
import { eventSource } from '../subscriptions/event-source.ts';
import { liveField } from '../subscriptions/live-field.ts';

export const subscriptions: SubscriptionResolvers = {
  events: liveField((args: SubscriptionEventsArgs, context) =>
    eventSource(eventFilterOf(args), args, context),
  ),
};
