import { expect, test } from 'vitest';
import { redrive } from '../../src/operations/dead-letter-actions.ts';
import type { Tx } from '../../src/outbox/transaction.ts';
import { processor } from '../../src/workers/reaction.ts';
import { until } from '../support/until.ts';
import { createWorkerWorld, poked, range } from './support.ts';

async function writeAll(tx: Tx, numbers: readonly number[]): Promise<void> {
  await tx.$executeRaw`INSERT INTO effect (n) SELECT * FROM unnest(${[...numbers]}::int[])`;
}

test('batches are handled in the order of the log, each event once', async () => {
  await using world = await createWorkerWorld();
  const sizes: number[] = [];
  await world.poke(...range(40));
  await world.run(
    processor({
      name: 'counting',
      events: [poked],
      batchSize: 15,
      async handle(tx, events) {
        sizes.push(events.length);
        await writeAll(
          tx,
          events.map(({ payload }) => payload.n),
        );
      },
    }),
  );
  await until(async () => (await world.effects()).length === 40);
  expect(await world.effects()).toEqual(range(40));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(15);
  const [checkpoint] = await world.database.prisma.processorCheckpoint.findMany();
  expect(checkpoint).toMatchObject({ processor: 'counting', slot: 0, handled: 40n });
});

test('an event that cannot be handled is found by halving and parked; redriven, it is handled once', async () => {
  await using world = await createWorkerWorld();
  let fixed = false;
  await world.poke(...range(30));
  await world.run(
    processor({
      name: 'parking',
      events: [poked],
      retry: { attempts: 2 },
      async handle(tx, events) {
        const numbers = events.map(({ payload }) => payload.n);
        await writeAll(tx, numbers);
        if (!fixed && numbers.includes(17)) throw new Error('17 is not for me');
      },
    }),
  );
  const without17 = range(30).filter((n) => n !== 17);
  await until(async () => (await world.effects()).length === 29);
  expect(await world.effects()).toEqual(without17);
  const letters = await world.database.prisma.deadLetter.findMany();
  expect(letters).toMatchObject([
    { consumer: 'parking', attempts: 2, error: expect.stringContaining('17 is not for me') },
  ]);

  fixed = true;
  await redrive(world.pool, { consumer: 'parking' });
  await until(async () => (await world.database.prisma.deadLetter.count()) === 0);
  expect(await world.effects()).toEqual([...without17, 17]);
});

test('an event that holds its slot by declaration lets nothing overtake it', async () => {
  await using world = await createWorkerWorld();
  let fixed = false;
  let failures = 0;
  await world.poke(...range(6));
  await world.run(
    processor({
      name: 'holding',
      events: [poked],
      retry: { attempts: 1 },
      onPoison: 'hold',
      async handle(tx, events) {
        const numbers = events.map(({ payload }) => payload.n);
        if (!fixed && numbers.includes(3)) {
          failures += 1;
          throw new Error('not before it is mended');
        }
        await writeAll(tx, numbers);
      },
    }),
  );
  await until(async () => failures >= 4 && (await world.effects()).length === 3);
  expect(await world.effects()).toEqual([0, 1, 2]);
  expect(await world.database.prisma.deadLetter.count()).toBe(0);
  fixed = true;
  await until(async () => (await world.effects()).length === 6);
  expect(await world.effects()).toEqual(range(6));
});

test('two processes share the slots, and each event is handled by one', async () => {
  await using world = await createWorkerWorld();
  const declared = () =>
    processor({
      name: 'sharing',
      events: [poked],
      slots: 3,
      batchSize: 10,
      async handle(tx, events) {
        await writeAll(
          tx,
          events.map(({ payload }) => payload.n),
        );
      },
    });
  const first = await world.run(declared());
  await world.run(declared());
  await world.poke(...range(30));
  await until(async () => (await world.effects()).length >= 15);
  // the one that goes gives its slots to the other
  await first.stop();
  await world.poke(...range(30).map((n) => n + 30));
  await until(async () => (await world.effects()).length >= 60);
  expect((await world.effects()).sort((a, b) => a - b)).toEqual(range(60));
  // a slot is past the events of others too, also when nothing comes any more
  await until(async () => {
    const slots = await world.database.prisma.processorCheckpoint.findMany();
    return slots.length === 3 && slots.every(({ position }) => position === 60n);
  });
});

test('a paused processor stands still, and goes on where it was', async () => {
  await using world = await createWorkerWorld();
  await world.run(
    processor({
      name: 'resting',
      events: [poked],
      async handle(tx, events) {
        await writeAll(
          tx,
          events.map(({ payload }) => payload.n),
        );
      },
    }),
  );
  await world.poke(0);
  await until(async () => (await world.effects()).length === 1);
  const pause = (paused: boolean) =>
    world.database.prisma.consumer.update({ where: { name: 'resting' }, data: { paused } });
  await pause(true);
  await world.poke(1);
  const { rows } = await world.pool.query<{ last: number }>('SELECT max(position) AS last FROM outbox');
  // it has had the chance: the log is published, and another consumer would have it
  await until(
    async () =>
      Number((await world.pool.query("SELECT position FROM sink WHERE name = 'streams'")).rows[0].position) >=
      rows[0]!.last,
  );
  expect(await world.effects()).toEqual([0]);
  await pause(false);
  await until(async () => (await world.effects()).length === 2);
});

test('a processor that drains ends where it was told to, every slot of it', async () => {
  await using world = await createWorkerWorld();
  await world.run(
    processor({
      name: 'draining',
      events: [poked],
      slots: 2,
      slotKey: () => 'one key for all',
      async handle(tx, events) {
        await writeAll(
          tx,
          events.map(({ payload }) => payload.n),
        );
      },
    }),
  );
  await world.poke(...range(5));
  await world.pool.query("UPDATE consumer SET drain_position = 5 WHERE name = 'draining'");
  await world.poke(5, 6);
  const { processorCheckpoint } = world.database.prisma;
  await until(async () => (await processorCheckpoint.findMany()).every(({ position }) => position === 5n));
  expect(await world.effects()).toEqual(range(5));
  await world.pool.query("UPDATE consumer SET drain_position = NULL WHERE name = 'draining'");
  await until(async () => (await world.effects()).length === 7);
});
