import { queueReaction } from '../../../../src/workers/reaction.ts';
import { longStrideTaken } from '../events.ts';
import { mark } from './marks.ts';

export const reactions = [
  queueReaction({
    name: 'runner',
    events: [longStrideTaken],
    handle: (tx, event) => mark(tx, 'runner', event),
  }),
  queueReaction({
    name: 'runner-in-lanes',
    events: [longStrideTaken],
    ordered: { by: 'aggregate', lanes: 2 },
    handle: (tx, event) => mark(tx, 'runner-in-lanes', event),
  }),
];
