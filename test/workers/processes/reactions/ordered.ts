import { queueReaction } from '../../../../src/workers/reaction.ts';
import { stepTaken } from '../events.ts';
import { mark, refuseFlawed } from './marks.ts';

const stumble = (chance: number) => {
  if (Math.random() < chance) throw new Error('stumbled after writing');
};
const retry = { attempts: 20, firstMs: 5, maxMs: 50 };

export const reactions = [
  queueReaction({
    name: 'single',
    events: [stepTaken],
    ordered: { by: 'aggregate' },
    retry,
    async handle(tx, event) {
      await mark(tx, 'single', event);
      stumble(0.1);
    },
  }),
  queueReaction({
    name: 'together',
    events: [stepTaken],
    ordered: { by: 'aggregate' },
    batchSize: 20,
    retry,
    async handleBatch(tx, events) {
      for (const event of events) {
        await mark(tx, 'together', event);
        stumble(0.02);
      }
    },
  }),
  queueReaction({
    name: 'parking',
    events: [stepTaken],
    ordered: { by: 'aggregate', lanes: 1 },
    retry: { attempts: 2, firstMs: 5 },
    async handle(tx, event) {
      await mark(tx, 'parking', event);
      await refuseFlawed(tx, event);
    },
  }),
];
