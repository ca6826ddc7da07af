import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { requestCause } from '../../src/events/envelope.ts';
import { redrive } from '../../src/operations/dead-letter-actions.ts';
import { createOutbox, record } from '../../src/outbox/transaction.ts';
import { callHandler, type HandledEvent } from '../../src/workers/call-handler.ts';
import { tumbling } from '../../src/workers/windows/tumbling.ts';
import { logger } from '../relay/support.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { rebuild } from './rebuild-support.ts';
import { createWorkerWorld, range, type WorkerWorld } from './support.ts';
import { base, type MinutesOptions, minuteMs, minutes, minutesClosed, watched } from './windows-support.ts';

/** `[video, seconds from the base]`, numbered from 0 on; one transaction each, in this order. */
async function watch(world: WorkerWorld, ...watches: readonly (readonly [string, number])[]): Promise<void> {
  for (const [n, [video, seconds]] of watches.entries()) {
    const occurredAt = new Date(base + seconds * 1_000);
    await world.outbox.transaction(requestCause('test'), async (tx) =>
      record(
        tx,
        watched.of({ aggregateId: `w${n}`, aggregateVersion: 1, occurredAt, payload: { video, n } }),
      ),
    );
  }
}

async function told({ pool }: WorkerWorld): Promise<readonly string[]> {
  return (await pool.query<{ told: string }>(minutesClosed)).rows.map((row) => row.told);
}

/** Waits until everything that was watched is handled or parked, by a processor with one slot. */
async function settled({ pool }: WorkerWorld): Promise<void> {
  const left = `SELECT FROM outbox, processor_checkpoint AS slot
                 WHERE type = 'video.watched' AND outbox.position > slot.position`;
  await until(async () => (await pool.query(left)).rowCount === 0, { message: 'all is handled' });
}

const slotRow = async ({ database }: WorkerWorld) => database.prisma.processorWatermark.findFirst();

test('a window is told of once, when event time has passed its end by the allowed lateness', async () => {
  await using world = await createWorkerWorld();
  await world.run(minutes({ late: 'ignore' }));
  await watch(world, ['a', 5], ['b', 59], ['a', 69], ['a', 58]);
  await settled(world);
  expect(await told(world), 'at 01:09').toEqual([]);
  await watch(world, ['c', 70]);
  await until(async () => (await told(world)).length === 2);
  expect(await told(world)).toEqual(['a 00:00 v1: 0,3', 'b 00:00 v1: 1']);

  const { rows } = await world.pool.query(
    `SELECT told.correlation_id, told.via, cause.payload->>'video' AS cause
       FROM outbox AS told JOIN outbox AS cause ON cause.id = told.causation_id
      WHERE told.type = 'video.minute_closed' LIMIT 1`,
  );
  expect(rows).toEqual([{ correlation_id: 'test', via: ['minutes'], cause: 'c' }]);
});

test('late events are left out and counted', async () => {
  await using world = await createWorkerWorld();
  await world.run(minutes({ late: 'ignore' }));
  await watch(world, ['a', 0], ['a', 70], ['a', 59], ['b', 0], ['a', 60], ['a', 130]);
  await settled(world);
  await until(async () => (await told(world)).length === 2);
  expect(await told(world)).toEqual(['a 00:00 v1: 0', 'a 00:01 v1: 1,4']);
  expect(await slotRow(world)).toMatchObject({ ignored: 2n, reopened: 0n, parked: 0n });
  expect(await world.database.prisma.processorWindow.count(), 'of the open minute').toBe(1);
});

test('late events correct their window, each with a version, as long as it is kept', async () => {
  await using world = await createWorkerWorld();
  await world.run(minutes({ late: 'reopen', keepClosedMs: minuteMs }));
  await watch(world, ['a', 0], ['a', 70], ['a', 59], ['b', 1], ['a', 2], ['c', 130], ['a', 3]);
  await settled(world);
  expect(await told(world)).toEqual([
    'a 00:00 v1: 0',
    'a 00:00 v2: 0,2',
    'b 00:00 v1: 3',
    'a 00:00 v3: 0,2,4',
    'a 00:01 v1: 1',
  ]);
  expect(await slotRow(world)).toMatchObject({ ignored: 0n, reopened: 3n, parked: 1n });
  const letters = await world.database.prisma.deadLetter.findMany();
  expect(letters.map(({ error }) => error)).toEqual([
    'late: the window from 2026-01-01T00:00:00.000Z of a is closed and no longer kept',
  ]);
  const windows = await world.database.prisma.processorWindow.findMany({ orderBy: { windowStart: 'asc' } });
  expect(windows.map(({ key, version }) => `${key} ${version}`)).toEqual(['a 1', 'c 0']);
});

test('late events become dead letters; redriven, they correct their window, or stay when it is gone', async () => {
  await using world = await createWorkerWorld();
  const { pool, database } = world;
  await world.run(minutes({ late: 'park', keepClosedMs: minuteMs }));
  await watch(world, ['a', 0], ['a', 70], ['a', 59]);
  await settled(world);
  const late = {
    consumer: 'minutes',
    error: 'late: the window from 2026-01-01T00:00:00.000Z of a is closed',
  };
  expect(await database.prisma.deadLetter.findMany()).toMatchObject([late]);
  expect(await slotRow(world)).toMatchObject({ parked: 1n });

  await redrive(pool, { consumer: 'minutes' });
  await until(async () => (await told(world)).length === 2);
  expect(await told(world)).toEqual(['a 00:00 v1: 0', 'a 00:00 v2: 0,2']);
  expect(await database.prisma.deadLetter.count()).toBe(0);

  await watch(world, ['a', 130], ['a', 1]);
  await settled(world);
  await redrive(pool, { consumer: 'minutes' });
  await until(async () => (await database.prisma.deadLetter.count({ where: { attempts: 2 } })) === 1);
  const [letter] = await database.prisma.deadLetter.findMany();
  expect(letter!.error).toContain('no longer kept: discard the event');
  expect(await told(world)).toEqual(['a 00:00 v1: 0', 'a 00:00 v2: 0,2', 'a 00:01 v1: 1']);
});

test('an event of a far future closes nothing that is not over, and waits for its own window', async () => {
  await using world = await createWorkerWorld();
  await world.run(minutes({ late: 'ignore' }));
  const seconds = (Date.now() - base) / 1_000;
  await watch(world, ['a', seconds], ['wrong', seconds + 365 * 24 * 3_600], ['a', seconds]);
  await settled(world);
  expect(await told(world)).toEqual([]);
  expect(await slotRow(world)).toMatchObject({ ahead: 1n, ignored: 0n });
  const windows = await world.database.prisma.processorWindow.findMany({ orderBy: { windowStart: 'asc' } });
  expect(windows.map(({ key, events }) => `${key} ${events}`)).toEqual(['a 2', 'wrong 1']);
});

test('several slots that change hands tell of every window once', async () => {
  await using world = await createWorkerWorld();
  const videos = range(6).map((n) => `v${n}`);
  const declared = () => minutes({ late: 'park', keepClosedMs: 0 }, { slots: 3, batchSize: 4 });
  const first = await world.run(declared());
  await world.run(declared());
  const minute = (n: number) => videos.map((video) => [video, n * 60] as const);
  await watch(world, ...minute(0), ...minute(1), ...minute(2));
  await until(async () => (await told(world)).length > 0);
  await first.stop();
  await watch(world, ...minute(3));
  await until(async () => {
    const slots = await world.database.prisma.processorCheckpoint.findMany();
    return slots.reduce((sum, { handled }) => sum + Number(handled), 0) === 4 * videos.length;
  });
  const names = (await told(world)).map((line) => line.split(':').slice(0, 2).join(':'));
  const expected = range(2).flatMap((n) => videos.map((video) => `${video} 00:0${n} v1`));
  expect(names.toSorted()).toEqual(expected.toSorted());
  expect(await world.database.prisma.deadLetter.count()).toBe(0);
});

test('a rebuild gives the same windows, corrections that were redriven among them, and tells nobody again', async () => {
  await using world = await createWorkerWorld();
  const { pool, database } = world;
  const reaction = minutes({ late: 'park', keepClosedMs: minuteMs }, { batchSize: 3 });
  await world.run(reaction);
  await watch(world, ['a', 0], ['b', 61], ['a', 70], ['a', 59], ['b', 75], ['b', 62], ['c', 100]);
  await settled(world);
  await redrive(pool, { consumer: 'minutes' });
  await until(async () => (await told(world)).length === 2);
  const all = async () => ({
    told: await told(world),
    windows: await database.prisma.processorWindow.findMany({
      orderBy: [{ windowStart: 'asc' }, { key: 'asc' }],
    }),
    watermark: await database.prisma.processorWatermark.findFirst({ omit: { updatedAt: true } }),
  });
  const before = await all();
  await pool.query('DELETE FROM processor_window');
  await pool.query("UPDATE processor_watermark SET watermark = 'epoch'");
  await rebuild(world, reaction);
  expect(await all()).toEqual(before);
});

test('a declaration that could not be kept to is refused', () => {
  const declare = (change: object) => () =>
    tumbling({
      ...{ name: 'x', events: [watched], sizeMs: 1_000, allowedLatenessMs: 0, late: 'ignore' },
      ...{ key: () => '', state: z.object({ n: z.number() }), initial: { n: 0 } },
      fold: (state) => state,
      closed: async () => {},
      ...change,
    });
  expect(declare({})).not.toThrow();
  expect(declare({ sizeMs: 0 })).toThrow(RangeError);
  expect(declare({ allowedLatenessMs: -1 })).toThrow(RangeError);
  expect(declare({ late: 'park', keepClosedMs: 0.5 })).toThrow(RangeError);
  expect(declare({ initial: { n: Number.NaN } }), 'JSON has no NaN').toThrow(z.ZodError);
});

test('what windows cannot stand is refused before anything is written', async () => {
  await using own = await createTestDatabase();
  const { pool, prisma } = own.database;
  const outbox = createOutbox({ prisma, pool, nudge: () => {} });
  const event = {
    ...{ id: randomUUID(), position: 1, type: 'video.watched', schemaVersion: 1 },
    ...{ occurredAt: new Date(base).toISOString(), payload: { video: 'a', n: Number.NaN } },
  } as HandledEvent;
  const handle = (events: readonly HandledEvent[], options: MinutesOptions = {}) =>
    outbox.transaction(requestCause('test'), (tx) =>
      callHandler(minutes({ late: 'ignore' }, options), tx, events, {
        logger,
        signal: new AbortController().signal,
      }),
    );
  await expect(handle([event]), 'a state that JSON does not keep').rejects.toThrow(z.ZodError);
  const other = { ...event, payload: { video: 'b', n: 2 } };
  const placed = range(2).map((n) => ({ ...other, payload: { video: ['a', 'b'][n]!, n } }));
  await expect(handle(placed, { slots: 50 }), 'keys of several slots').rejects.toThrow('slots');
  expect(await prisma.processorWindow.count()).toBe(0);
  await handle([other]);
  await prisma.processorWatermark.updateMany({ data: { sizeMs: 1_000n } });
  await expect(handle([other]), 'another size').rejects.toThrow('has windows of 1000 ms');
});
