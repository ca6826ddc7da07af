/** The seven services, each with work injected: both architectures run these. */
import { setTimeout as delay } from 'node:timers/promises';
import { streamingModule } from '../../src/app/streaming-module.ts';
import { watchStarted } from '../../src/domains/streaming/events.ts';
import type { SignalChanged } from '../../src/live/signal-channel.ts';
import { type ProcessorReaction, queueReaction, type Reaction } from '../../src/workers/reaction.ts';

/** Every call of a service takes this much longer: it waits, as for a slow program elsewhere. */
export const workMs = 300;

export const work = () => delay(workMs);

/** The six services that react to viewing. */
export const reactingServices = (changed: SignalChanged): readonly Reaction[] =>
  streamingModule.reactions(changed);

/**
 * The seventh service. Its transaction is the mutation itself; the work injected into it comes before the transaction
 * in the synchronous architecture, and as a reaction to its event in the other.
 */
export const viewing = queueReaction({
  name: 'viewing',
  events: [watchStarted],
  async handle() {},
});

/** The same reaction, with the work before each call: a queue's call is one event, a processor's one batch. */
export function withWork(reaction: Reaction): Reaction {
  switch (reaction.kind) {
    case 'queue':
      return 'handleBatch' in reaction
        ? {
            ...reaction,
            handleBatch: (...call: Parameters<typeof reaction.handleBatch>) =>
              work().then(() => reaction.handleBatch(...call)),
          }
        : {
            ...reaction,
            handle: (...call: Parameters<typeof reaction.handle>) =>
              work().then(() => reaction.handle(...call)),
          };
    case 'processor': {
      const handle: ProcessorReaction['handle'] = (...call) => work().then(() => reaction.handle(...call));
      return { ...reaction, handle };
    }
    default:
      return reaction satisfies never;
  }
}
