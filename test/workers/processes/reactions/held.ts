import { setTimeout as delay } from 'node:timers/promises';
import type { AnyEventDefinition } from '../../../../src/events/catalogue.ts';
import { type EventContext, queueReaction } from '../../../../src/workers/reaction.ts';
import { pinged, stepTaken } from '../events.ts';
import { isGateOpen, mark } from './marks.ts';

type Wait = (isOpen: () => Promise<boolean>, context: EventContext) => Promise<void>;

/** Two that write, and then wait for the gate: without order, and in lanes. */
const waiting = (name: string, event: AnyEventDefinition, wait: Wait) =>
  [name, `${name}-in-lanes`].map((consumer) =>
    queueReaction({
      name: consumer,
      events: [event],
      timeoutMs: 12_000,
      ...(consumer === name ? {} : { ordered: { by: 'aggregate' } }),
      async handle(tx, step, context) {
        context.logger.info({ consumer, key: step.aggregateId }, 'held.begun');
        await mark(tx, consumer, step);
        await wait(() => isGateOpen(tx), context);
      },
    }),
  );

const anHour = 3_600_000;

export const reactions = [
  ...waiting('held', stepTaken, async (isOpen, { signal }) => {
    while (!(await isOpen())) await delay(20, undefined, { signal });
  }),
  // once they wait nothing reaches them, and their timer keeps the process alive
  ...waiting('deaf', pinged, async (isOpen) => {
    if (!(await isOpen())) await delay(anHour);
  }),
];
