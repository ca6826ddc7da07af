import { takeStep, UnknownStepError } from '../sagas/run.ts';
import type { Saga } from '../sagas/saga.ts';
import { queueReaction, type Reaction } from './reaction.ts';
import { NewerCodeError } from './read-newest.ts';

/**
 * The reaction that takes the sagas of a declaration from step to step. What fails is tried again until it is done,
 * refuses or is out of time; a step that this code does not know waits for code that does.
 */
export function sagaReaction<Data>(saga: Saga<Data>): Reaction {
  return queueReaction({
    name: `${saga.name}-saga`,
    about: `takes each ${saga.name} from step to step, and back when one is refused`,
    events: [saga.stepDue],
    onPoison: 'hold',
    retry: { firstMs: 100, maxMs: 5_000 },
    storm: {
      reentrant: true,
      // it sets itself off: once for each step there, and once for each back
      maxDepth: 10 + 2 * saga.steps.length,
      // one request may start thousands, and each of them ends by itself
      burst: 100_000,
    },
    async handle(tx, event, { now, signal }) {
      try {
        await takeStep(tx, saga, { id: event.payload.id, version: event.aggregateVersion, now, signal });
      } catch (error) {
        if (error instanceof UnknownStepError)
          throw new NewerCodeError(error.message, waitMs, { cause: error });
        throw error;
      }
    },
  });
}

const waitMs = 2_000;
