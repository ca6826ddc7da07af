import { expect, test } from 'vitest';
import type { Tx } from '../../src/outbox/transaction.ts';
import { PermanentError, WaitError } from '../../src/workers/errors.ts';
import { queueReaction } from '../../src/workers/reaction.ts';
import { registerConsumer } from '../../src/workers/register.ts';
import { logger } from '../relay/support.ts';
import { until } from '../support/until.ts';
import { createWorkerWorld, poked, range, type WorkerWorld } from './support.ts';

const writeAll = (tx: Tx, numbers: readonly number[]) =>
  tx.$executeRaw`INSERT INTO effect (n) SELECT * FROM unnest(${[...numbers]}::int[])`;
const sorted = async (world: WorkerWorld) => (await world.effects()).sort((a, b) => a - b);
const letters = (world: WorkerWorld) => world.database.prisma.deadLetter.findMany();

/** Takes events in batches, and notes what came together. */
function batching(fail: (n: number) => Error | undefined, sizes: number[][] = []) {
  return queueReaction({
    name: 'batching',
    events: [poked],
    batchSize: 20,
    retry: { attempts: 2, firstMs: 10 },
    async handleBatch(tx, events) {
      const numbers = events.map(({ payload }) => payload.n);
      sizes.push(numbers);
      await writeAll(tx, numbers);
      for (const n of numbers) {
        const error = fail(n);
        if (error) throw error;
      }
    },
  });
}

/** So that all of the jobs are there when it is run. */
async function enqueue(world: WorkerWorld, numbers: readonly number[]): Promise<void> {
  await registerConsumer(
    world.pool,
    batching(() => undefined),
    logger,
  );
  await world.poke(...numbers);
}

test('events that wait are handled together, each once', async () => {
  await using world = await createWorkerWorld();
  const sizes: number[][] = [];
  await enqueue(world, range(60));
  await world.run(batching(() => undefined, sizes));
  await until(async () => (await world.effects()).length === 60);
  expect(await sorted(world)).toEqual(range(60));
  expect(Math.max(...sizes.map(({ length }) => length))).toBeGreaterThan(1);
  expect(Math.max(...sizes.map(({ length }) => length))).toBeLessThanOrEqual(20);
});

test('a batch that fails is halved until the failing event stands alone; only that one is retried and given up', async () => {
  await using world = await createWorkerWorld();
  const sizes: number[][] = [];
  await enqueue(world, range(40));
  await world.run(batching((n) => (n === 7 ? new Error('not 7') : undefined), sizes));
  await until(async () => (await letters(world)).length === 1 && (await world.effects()).length === 39);
  expect(await sorted(world)).toEqual(range(40).filter((n) => n !== 7));
  expect(await letters(world)).toMatchObject([{ attempts: 2, event: { payload: { n: 7 } } }]);
  expect(sizes.filter((numbers) => numbers.length === 1 && numbers[0] === 7)).toHaveLength(2);
});

test('an error that no retry mends makes a dead letter at once', async () => {
  await using world = await createWorkerWorld();
  await world.run(batching((n) => (n === 1 ? new PermanentError('never') : undefined)));
  await world.poke(...range(3));
  await until(async () => (await letters(world)).length === 1 && (await world.effects()).length === 2);
  expect(await letters(world)).toMatchObject([{ attempts: 1, error: expect.stringContaining('never') }]);
});

test('what has to wait uses up no attempt, however long it is', async () => {
  await using world = await createWorkerWorld();
  let tries = 0;
  await world.run(
    batching((n) => {
      if (n !== 1 || tries === 6) return undefined;
      tries += 1;
      return new WaitError('the other side is away', 10);
    }),
  );
  await world.poke(...range(3));
  await until(async () => (await world.effects()).length === 3);
  expect(tries).toBe(6);
  expect(await letters(world)).toEqual([]);
  const { rows } = await world.pool.query('SELECT DISTINCT attempts FROM inbox');
  expect(rows).toEqual([{ attempts: 1 }]);
});

test('the same event twice in one batch has one effect', async () => {
  await using world = await createWorkerWorld();
  await enqueue(world, range(5));
  await until(async () => (await world.waitingJobs('batching')) === 5);
  await world.addTwice('batching');
  await world.run(batching(() => undefined));
  await until(async () => (await world.waitingJobs('batching')) === 0 && (await world.effects()).length >= 5);
  expect(await sorted(world)).toEqual(range(5));
});
