import { describe, expect, test } from 'vitest';
import { type LogEvent, requestCause } from '../../src/events/envelope.ts';
import { redrive } from '../../src/operations/dead-letter-actions.ts';
import { record } from '../../src/outbox/transaction.ts';
import { processor, queueReaction } from '../../src/workers/reaction.ts';
import { createStormGuard } from '../../src/workers/storm-guard.ts';
import { until } from '../support/until.ts';
import { createWorkerWorld, poked } from './support.ts';

let made = 0;
const caused = (via: readonly string[], correlationId = 'request') =>
  ({ id: String(++made), depth: via.length, via, correlationId }) as LogEvent;
const guardOf = (storm = {}) =>
  createStormGuard(queueReaction({ name: 'ping', events: [poked], storm, async handle() {} }));

describe('the storm guard', () => {
  test('lets a request’s own events pass, however many they are', () => {
    const guard = guardOf({ burst: 1 });
    for (let n = 0; n < 5; n += 1) expect(guard.reason(caused([]))).toBeUndefined();
  });

  test('stops what is set off by what the consumer caused itself, and tells the chain', () => {
    const guard = guardOf();
    expect(guard.reason(caused(['pong']))).toBeUndefined();
    expect(guard.reason(caused(['ping', 'pong']))).toBe(
      'STORM: "ping" is set off by what it caused itself. The chain: request → ping → pong → ping',
    );
  });

  test('lets a consumer that is declared reentrant go on, up to the depth', () => {
    const guard = guardOf({ reentrant: true, maxDepth: 3 });
    expect(guard.reason(caused(['ping', 'pong', 'ping']))).toBeUndefined();
    expect(guard.reason(caused(['ping', 'pong', 'ping', 'pong']))).toMatch(/^STORM: 4 causes .* 3 at most/);
  });

  test('stops a burst that goes back to one request; others are counted on their own, and what comes again is not', () => {
    const guard = guardOf({ burst: 2 });
    const first = caused(['a']);
    for (let n = 0; n < 5; n += 1) expect(guard.reason(first)).toBeUndefined();
    expect(guard.reason(caused(['a']))).toBeUndefined();
    expect(guard.reason(caused(['a']))).toMatch(/^STORM: more than 2 events within a minute/);
    expect(guard.reason(caused(['a'], 'another'))).toBeUndefined();
  });

  test('takes an event of older code, which knew no chain, as it is', () => {
    const { via: _, ...older } = caused(['a']);
    expect(guardOf().reason(older as LogEvent)).toBeUndefined();
  });
});

test('a processor makes a dead letter of what the guard stops, and goes on behind it', async () => {
  await using world = await createWorkerWorld();
  await world.run(
    processor({
      name: 'ping',
      events: [poked],
      async handle(tx, events) {
        const numbers = events.map(({ payload }) => payload.n);
        await tx.$executeRaw`INSERT INTO effect (n) SELECT * FROM unnest(${numbers}::int[])`;
      },
    }),
  );
  await world.poke(0);
  await world.outbox.transaction(
    { ...requestCause('storm'), depth: 2, via: ['ping', 'pong'] },
    async (tx) => {
      const event = {
        aggregateId: 'thing-1',
        aggregateVersion: 1,
        occurredAt: new Date(),
        payload: { n: 1 },
      };
      record(tx, poked.of(event));
    },
  );
  await world.poke(2);
  await until(async () => (await world.effects()).length === 2);
  expect(await world.effects()).toEqual([0, 2]);
  const letters = await world.database.prisma.deadLetter.findMany();
  expect(letters).toMatchObject([
    {
      consumer: 'ping',
      attempts: 0,
      correlationId: 'storm',
      error: expect.stringContaining('request → ping → pong → ping'),
    },
  ]);

  // whoever redrives it has decided that it is to be handled
  await redrive(world.pool, { consumer: 'ping' });
  await until(async () => (await world.database.prisma.deadLetter.count()) === 0);
  expect(await world.effects()).toEqual([0, 2, 1]);
});
