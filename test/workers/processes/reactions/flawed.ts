import { queueReaction } from '../../../../src/workers/reaction.ts';
import { stepTaken } from '../events.ts';
import { mark, refuseFlawed } from './marks.ts';

export const reactions = [
  queueReaction({
    name: 'picky',
    events: [stepTaken],
    retry: { attempts: 3, firstMs: 20 },
    async handle(tx, event) {
      await mark(tx, 'picky', event);
      await refuseFlawed(tx, event);
    },
  }),
];
