import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { platform } from '../../src/app/modules.ts';
import { createPlatform } from '../../src/app/platform.ts';
import { runWorker } from '../../src/app/worker.ts';
import { defineEvent } from '../../src/events/define-event.ts';
import { readConfig } from '../../src/platform/config.ts';
import { defineSaga } from '../../src/sagas/saga.ts';
import { DeclarationError } from '../../src/workers/check-reactions.ts';
import { processor, queueReaction, type Reaction } from '../../src/workers/reaction.ts';
import { sagaReaction } from '../../src/workers/saga-reaction.ts';

const opened = defineEvent('gate.opened', z.object({ by: z.string(), doors: z.array(z.string()) }), {
  topic: 'gate',
  aggregateType: 'gate',
  keys: { user: ({ by }) => by, door: ({ doors }) => doors },
});
const closed = defineEvent('gate.closed', z.object({}), { topic: 'gate', aggregateType: 'gate' });
const trip = defineSaga<string>({
  name: 'trip',
  data: z.string(),
  steps: [{ name: 'go', do: async (_tx, { data }) => data }],
});
const handle = async () => {};

const start = (...reactions: readonly Reaction[]) =>
  createPlatform([{ events: [opened, closed], reactions: () => reactions }]);

const refused: readonly [what: string, reaction: Reaction, says: string][] = [
  [
    'a queue reaction to an event that no module names',
    queueReaction({ name: 'strict', events: [opened, trip.stepDue], handle }),
    'consumer "strict" reacts to "trip_saga.step_due", which no module names: add the event to the events of its domain\'s module',
  ],
  [
    'a processor of one',
    processor({ name: 'strict', events: [trip.stepDue], handle }),
    'consumer "strict" reacts to "trip_saga.step_due", which no module names: add the event to the events of its domain\'s module',
  ],
  [
    'a saga whose event no module names',
    sagaReaction(trip),
    'consumer "trip-saga" reacts to "trip_saga.step_due", which no module names: add the event to the events of its domain\'s module',
  ],
  [
    'an order by a key that none of its events has',
    queueReaction({ name: 'strict', events: [opened, closed], ordered: { by: 'account' }, handle }),
    'consumer "strict" keeps the order by "account", a key that none of its events has: they have "aggregate", "door", "user"',
  ],
];

describe('a worker does not start, and says why in a line, with', () => {
  test.each(refused)('%s', async (_what, reaction, says) => {
    // nobody answers there: it is refused before anything is opened
    const config = readConfig({
      DATABASE_URL: 'postgresql://127.0.0.1:1/none',
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    const worker = runWorker(config, undefined, AbortSignal.abort(), start(reaction));
    await expect(worker).rejects.toThrow(DeclarationError);
    await expect(worker).rejects.toThrow(says);
  });

  test('two consumers of one name', () => {
    const one = queueReaction({ name: 'same', events: [opened], handle });
    expect(() => start(one, one).reactions(() => {})).toThrow('two consumers are named "same"');
  });
});

test('an order by a key that one of its events has is taken, and so are all reactions of the platform', () => {
  const reaction = queueReaction({ name: 'fair', events: [opened, closed], ordered: { by: 'door' }, handle });
  expect(start(reaction).reactions(() => {})).toHaveLength(1);
  expect(platform.reactions(() => {}).length).toBeGreaterThan(0);
});

test('an event has a key for each thing that it names', () => {
  const event = opened.of({
    aggregateId: 'g',
    aggregateVersion: 1,
    occurredAt: new Date(0),
    payload: { by: 'ann', doors: ['north', 'south'] },
  });
  expect(event.keys).toEqual(['user:ann', 'door:north', 'door:south']);
});
