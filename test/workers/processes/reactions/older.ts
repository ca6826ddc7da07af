import { queueReaction } from '../../../../src/workers/reaction.ts';
import { strideTaken } from '../events.ts';
import { mark } from './marks.ts';

export const reactions = [
  queueReaction({
    name: 'runner',
    events: [strideTaken],
    handle: (tx, event) => mark(tx, 'runner', event),
  }),
  queueReaction({
    name: 'runner-in-lanes',
    events: [strideTaken],
    ordered: { by: 'aggregate', lanes: 2 },
    handle: (tx, event) => mark(tx, 'runner-in-lanes', event),
  }),
];
