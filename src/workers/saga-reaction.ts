import { takeStep } from '../sagas/run.ts';
import type { Saga } from '../sagas/saga.ts';
import { queueReaction, type Reaction } from './reaction.ts';

/** The reaction that takes the sagas of a declaration from step to step. An error is tried again until the step's time is over. */
export function sagaReaction<Data>(saga: Saga<Data>): Reaction {
  return queueReaction({
    name: `${saga.name}-saga`,
    about: `takes each ${saga.name} from step to step, and back when one is refused`,
    events: [saga.stepDue],
    onPoison: 'hold',
    retry: { firstMs: 100, maxMs: 5_000 },
    // it sets itself off: once for each step there, and once for each back
    storm: { reentrant: true, maxDepth: 10 + 2 * saga.steps.length },
    handle: (tx, event, { now, signal }) =>
      takeStep(tx, saga, { id: event.payload.id, version: event.aggregateVersion, now, signal }),
  });
}
