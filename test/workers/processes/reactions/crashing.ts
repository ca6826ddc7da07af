import { queueReaction } from '../../../../src/workers/reaction.ts';
import { stepTaken } from '../events.ts';
import { mark } from './marks.ts';

type Step = Parameters<typeof mark>[2];

const crashAt = 5;
const declared = { events: [stepTaken], starts: 3 } as const;

async function handle(tx: Parameters<typeof mark>[0], consumer: string, event: Step) {
  await mark(tx, consumer, event);
  if (event.payload.n === crashAt) process.exit(1);
}

export const reactions = [
  queueReaction({
    ...declared,
    name: 'crashing',
    handle: (tx, event) => handle(tx, 'crashing', event),
  }),
  queueReaction({
    ...declared,
    name: 'crashing-in-lanes',
    ordered: { by: 'aggregate', lanes: 2 },
    handle: (tx, event) => handle(tx, 'crashing-in-lanes', event),
  }),
  queueReaction({
    ...declared,
    name: 'crashing-together',
    async handleBatch(tx, events) {
      for (const event of events) await handle(tx, 'crashing-together', event);
    },
  }),
];
