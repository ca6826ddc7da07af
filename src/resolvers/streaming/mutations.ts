import * as streaming from '../../domains/streaming/commands.ts';
import type { MutationResolvers } from '../../schema/generated.ts';

export const mutations: MutationResolvers = {
  startWatching: (_parent, args, { services, cause, now }) =>
    streaming.startWatching(services.outbox, cause, args, now()),
  changeQuality: (_parent, args, { services, cause, now }) =>
    streaming.changeQuality(services.outbox, cause, args, now()),
  heartbeat: (_parent, args, { services, cause, now }) =>
    streaming.heartbeat(services.outbox, cause, args, now()),
  stopWatching: (_parent, args, { services, cause, now }) =>
    streaming.stopWatching(services.outbox, cause, args, now()),
};
