import { expect, test } from 'vitest';
import { z } from 'zod';
import type { AnyEventDefinition } from '../../src/events/catalogue.ts';
import { defineEvent, type EventDefinition } from '../../src/events/define-event.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { record, type Tx } from '../../src/outbox/transaction.ts';
import { processor, queueReaction } from '../../src/workers/reaction.ts';
import { until } from '../support/until.ts';
import { createWorkerWorld, type WorkerWorld } from '../workers/support.ts';

const counted = defineEvent('test.counted', z.object({ n: z.int() }), {
  topic: 'test',
  aggregateType: 'thing',
});
const inTens = counted.next(z.object({ tens: z.int() }), ({ n }) => ({ tens: n / 10 }));
const inHundreds = inTens.next(z.object({ hundreds: z.int() }), ({ tens }) => ({ hundreds: tens / 10 }));

const write = (world: WorkerWorld, definition: AnyEventDefinition, payload: unknown) =>
  world.outbox.transaction(requestCause('test'), async (tx) => {
    const occurredAt = new Date();
    record(tx, definition.of({ aggregateId: 'thing', aggregateVersion: 1, occurredAt, payload }));
  });

/** The definition, and how often it was asked for a payload of a version that it does not know. */
function watched<Payload>(definition: EventDefinition<Payload, 'test.counted'>) {
  const seen = { newer: 0 };
  const read: typeof definition.read = (envelope) => {
    if (envelope.schemaVersion > definition.schemaVersion) seen.newer += 1;
    return definition.read(envelope);
  };
  return { seen, definition: { ...definition, read } };
}

const effect = async (tx: Tx, n: number) => {
  await tx.$executeRaw`INSERT INTO effect (n) VALUES (${n})`;
};
const common = { name: 'counter', retry: { attempts: 1 } };

test.concurrent.each([
  {
    kind: 'queue reaction',
    older: (definition: typeof inTens) =>
      queueReaction({
        ...common,
        events: [definition],
        handle: (tx, { payload }) => effect(tx, payload.tens),
      }),
    newer: queueReaction({
      ...common,
      events: [inHundreds],
      handle: (tx, { payload }) => effect(tx, payload.hundreds),
    }),
  },
  {
    kind: 'processor',
    older: (definition: typeof inTens) =>
      processor({
        ...common,
        events: [definition],
        handle: async (tx, events) => {
          for (const { payload } of events) await effect(tx, payload.tens);
        },
      }),
    newer: processor({
      ...common,
      events: [inHundreds],
      handle: async (tx, events) => {
        for (const { payload } of events) await effect(tx, payload.hundreds);
      },
    }),
  },
])('a $kind gets the newest shape it knows, and what is newer waits for newer code', async (each) => {
  await using world = await createWorkerWorld();
  const { seen, definition } = watched(inTens);
  await write(world, counted, { n: 500 });
  const runner = await world.run(each.older(definition));
  await until(async () => (await world.effects()).length === 1);

  await write(world, inHundreds, { hundreds: 7 });
  await until(() => seen.newer > 1); // more often than it has attempts
  expect(await world.effects()).toEqual([50]);
  expect((await world.pool.query('SELECT FROM dead_letter')).rowCount).toBe(0);

  await runner.stop();
  await world.run(each.newer);
  await until(async () => (await world.effects()).length === 2);
  expect(await world.effects()).toEqual([50, 7]);
});
