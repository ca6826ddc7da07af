import type { EventDefinition } from '../../../../src/events/define-event.ts';
import { queueReaction } from '../../../../src/workers/reaction.ts';
import { caught, pinged, ponged, stepTaken, tossed } from '../events.ts';
import { mark } from './marks.ts';

type Numbered = EventDefinition<{ n: number }>;

/** Answers each event of one kind with one of the other. */
const answering = (name: string, heard: Numbered, said: Numbered, storm = {}) =>
  queueReaction({
    name,
    events: [heard],
    storm,
    async handle(_tx, { aggregateId, aggregateVersion, payload: { n } }, { record, now }) {
      const next = { aggregateId, aggregateVersion: aggregateVersion + 1, occurredAt: now };
      record(said.of({ ...next, payload: { n: n + 1 } }));
    },
  });

export const reactions = [
  answering('ping', pinged, ponged),
  answering('pong', ponged, pinged),
  answering('toss', tossed, caught, { reentrant: true }),
  answering('catch', caught, tossed, { reentrant: true }),
  queueReaction({
    name: 'bystander',
    events: [pinged, ponged, stepTaken],
    handle: (tx, event) => mark(tx, 'bystander', event),
  }),
];
