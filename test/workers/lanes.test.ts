import { expect, test } from 'vitest';
import { discard, redrive } from '../../src/operations/dead-letter-actions.ts';
import type { Tx } from '../../src/outbox/transaction.ts';
import { queueReaction } from '../../src/workers/reaction.ts';
import { registerConsumer } from '../../src/workers/register.ts';
import { logger } from '../relay/support.ts';
import { until } from '../support/until.ts';
import { createWorkerWorld, poked, range, type WorkerWorld } from './support.ts';

// poke n belongs to aggregate thing-<n % 10>: the tens of one unit come in order
const aggregates = 10;
const keyOf = (n: number) => n % aggregates;
const write = (tx: Tx, n: number) => tx.$executeRaw`INSERT INTO effect (n) VALUES (${n}::int)`;
const letters = (world: WorkerWorld) =>
  world.database.prisma.deadLetter.findMany({ orderBy: { position: 'asc' } });

async function expectInOrder(world: WorkerWorld, numbers: readonly number[]): Promise<void> {
  const effects = await world.effects();
  expect([...effects].sort((a, b) => a - b)).toEqual(numbers);
  for (const key of range(aggregates)) {
    const ofKey = effects.filter((n) => keyOf(n) === key);
    expect(ofKey, `aggregate ${key}`).toEqual(ofKey.toSorted((a, b) => a - b));
  }
}

test('events of a key are handled in order, retries included, by two workers', async () => {
  await using world = await createWorkerWorld();
  const tried = new Set<number>();
  const declared = () =>
    queueReaction({
      name: 'ordered',
      events: [poked],
      ordered: { by: 'aggregate', lanes: 4 },
      retry: { firstMs: 5 },
      async handle(tx, { payload: { n } }) {
        await write(tx, n);
        const isFirst = !tried.has(n);
        tried.add(n);
        if (isFirst && n % 7 === 0) throw new Error('once more');
      },
    });
  await world.run(declared());
  await world.run(declared());
  await world.pokeAggregates(aggregates, ...range(100));
  await until(async () => (await world.effects()).length === 100);
  await expectInOrder(world, range(100));
});

test('in batches too, and a batch that fails is tried again from its first event', async () => {
  await using world = await createWorkerWorld();
  const sizes: number[] = [];
  const declared = queueReaction({
    name: 'together',
    events: [poked],
    ordered: { by: 'aggregate', lanes: 2 },
    batchSize: 16,
    retry: { attempts: 2, firstMs: 5 },
    async handleBatch(tx, events) {
      sizes.push(events.length);
      for (const { payload } of events) {
        if (payload.n === 43) throw new Error('not 43');
        await write(tx, payload.n);
      }
    },
  });
  await registerConsumer(world.pool, declared, logger);
  await world.pokeAggregates(aggregates, ...range(100));
  await world.run(declared);
  const before43 = range(100).filter((n) => keyOf(n) !== 3 || n < 43);
  await until(async () => (await world.effects()).length === before43.length);
  await expectInOrder(world, before43);
  expect(Math.max(...sizes)).toBeGreaterThan(1);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(16);
});

test('a dead letter parks its key, and nobody else’s, until it is redriven or discarded', async () => {
  await using world = await createWorkerWorld();
  let broken = [12, 15];
  await world.run(
    queueReaction({
      name: 'parking',
      events: [poked],
      ordered: { by: 'aggregate', lanes: 2 },
      retry: { attempts: 2, firstMs: 5 },
      async handle(tx, { payload: { n } }) {
        if (broken.includes(n)) throw new Error(`not ${n}`);
        await write(tx, n);
      },
    }),
  );
  await world.pokeAggregates(aggregates, ...range(40));
  const others = range(40).filter((n) => n < 10 || ![2, 5].includes(keyOf(n)));
  await until(async () => (await world.effects()).length === others.length);
  await expectInOrder(world, others);
  await until(async () => (await letters(world)).length === 6);
  const [twelve, fifteen, ...waiting] = await letters(world);
  expect([twelve, fifteen]).toMatchObject([
    { attempts: 2, waits: false },
    { attempts: 2, waits: false },
  ]);
  expect(waiting.map(({ attempts, waits, error }) => ({ attempts, waits, error }))).toEqual(
    [twelve, fifteen, twelve, fifteen].map((first) => ({
      attempts: 0,
      waits: true,
      error: expect.stringContaining(first!.id),
    })),
  );

  // the first is mended and redriven; the second is let go: both times what waited for it comes next, in order
  broken = [];
  await redrive(world.pool, { ids: [twelve!.id] });
  await until(async () => (await letters(world)).length === 3);
  await discard(world.pool, { ids: [fifteen!.id] });
  await until(async () => (await letters(world)).length === 0);
  await expectInOrder(
    world,
    range(40).filter((n) => n !== 15),
  );
});

test('what is redriven behind younger events of its key, and taken with them, comes before them', async () => {
  await using world = await createWorkerWorld();
  let isBroken = true;
  const declared = queueReaction({
    name: 'overtaken',
    events: [poked],
    ordered: { by: 'aggregate', lanes: 1 },
    retry: { attempts: 1 },
    async handleBatch(tx, events) {
      for (const { payload } of events) {
        if (isBroken && payload.n === 3) throw new Error('not 3');
        await write(tx, payload.n);
      }
    },
  });
  const worker = await world.run(declared);
  await world.pokeAggregates(aggregates, 3);
  await until(async () => (await letters(world)).length === 1);
  await worker.stop();
  await world.pokeAggregates(aggregates, 4, 13);
  await until(async () => (await world.waitingJobs('overtaken~0')) === 2);
  isBroken = false;
  await redrive(world.pool, { consumer: 'overtaken' });
  await until(async () => (await world.waitingJobs('overtaken~0')) === 3);
  await world.run(declared);
  await until(async () => (await world.effects()).length === 3);
  await expectInOrder(world, [3, 4, 13]);
});

test('what meets a dead letter of its key that is just being discarded goes on in its place', async () => {
  await using world = await createWorkerWorld();
  await world.run(
    queueReaction({
      name: 'discarding',
      events: [poked],
      ordered: { by: 'aggregate', lanes: 1 },
      retry: { attempts: 1 },
      async handle(tx, { payload: { n } }) {
        if (n === 3) throw new Error('not 3');
        await write(tx, n);
      },
    }),
  );
  await world.pokeAggregates(aggregates, 3);
  await until(async () => (await letters(world)).length === 1);
  const operator = await world.pool.connect();
  await operator.query('BEGIN');
  await operator.query('DELETE FROM dead_letter');
  await world.pokeAggregates(aggregates, 13, 23, 33);
  await until(async () => {
    const { rows } = await world.pool.query('SELECT FROM pg_locks WHERE NOT granted');
    return rows.length > 0;
  });
  await operator.query('COMMIT');
  operator.release();
  await until(async () => (await world.effects()).length === 3);
  await expectInOrder(world, [13, 23, 33]);
});

test('what Redis forgets is brought again in order', async () => {
  await using world = await createWorkerWorld();
  let isHeld = true;
  await world.run(
    queueReaction({
      name: 'restored',
      events: [poked],
      ordered: { by: 'aggregate', lanes: 2 },
      retry: { attempts: 1_000, firstMs: 5, maxMs: 20 },
      async handle(tx, { payload: { n } }) {
        if (isHeld && n >= 20) throw new Error('not before Redis has lost its memory');
        await write(tx, n);
      },
    }),
  );
  await world.pokeAggregates(aggregates, ...range(60));
  await until(async () => (await world.effects()).length === 20);
  await world.redis.flushall();
  isHeld = false;
  await until(async () => (await world.effects()).length === 60);
  await expectInOrder(world, range(60));
});

test('a consumer keeps its order and its lanes for its life', async () => {
  await using world = await createWorkerWorld();
  const declared = (ordered?: { by: string; lanes: number }) =>
    queueReaction({ name: 'settled', events: [poked], ...(ordered ? { ordered } : {}), async handle() {} });
  await registerConsumer(world.pool, declared({ by: 'user', lanes: 4 }), logger);
  await registerConsumer(world.pool, declared({ by: 'user', lanes: 4 }), logger);
  for (const other of [undefined, { by: 'user', lanes: 8 }, { by: 'aggregate', lanes: 4 }]) {
    await expect(registerConsumer(world.pool, declared(other), logger)).rejects.toThrow('another name');
  }
});
