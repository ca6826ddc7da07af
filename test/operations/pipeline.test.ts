import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encodeCursor } from '../../src/live/cursor.ts';
import { logKeys, queuePrefix } from '../../src/log/keys.ts';
import { beginIncarnation, publishBatch } from '../../src/log/publish.ts';
import { deregisterConsumer } from '../../src/operations/deregister.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import type { Database } from '../../src/platform/postgres.ts';
import {
  type Desk,
  deadLetter,
  logName,
  openDesk,
  ordered,
  paid,
  placed,
  recordChain,
  registerConsumer,
  setCheckpoints,
  setEnqueued,
  unordered,
} from './support.ts';

let desk: Desk;
let database: Database;
let redis: Redis;
beforeAll(async () => {
  desk = await openDesk();
  database = desk.world.database;
  redis = new Redis(desk.world.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await desk[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await redis.flushall();
  await database.pool.query('TRUNCATE outbox, consumer, inbox, dead_letter, processor_checkpoint');
  desk.published = 0;
});

const statusOf = async (consumer: string) => {
  const { consumers } = await desk.operations.pipeline();
  return consumers.find((status) => status.consumer === consumer);
};

/** Makes all that is recorded as old as this. */
const age = (seconds: number) =>
  database.pool.query('UPDATE outbox SET occurred_at = now() - make_interval(secs => $1)', [seconds]);

describe('the pipeline', () => {
  test('tells how many events are not published, and for how long', async () => {
    const [first] = await recordChain(database, 'one', [placed, paid, paid]);
    await age(30);
    desk.published = first!.position;
    const pipeline = await desk.operations.pipeline();
    expect(pipeline).toMatchObject({ outboxLag: 2, relayLeader: 'relay-1' });
    expect(pipeline.oldestUnpublishedSeconds).toBeCloseTo(30, -1);
  });

  test('tells how long each stream is, and where it ends', async () => {
    const rows = await recordChain(database, 'one', [placed, paid]);
    const { epoch } = await readLogRow(database.pool);
    const keys = logKeys(logName, epoch);
    const { position } = rows[1]!;
    const none = { topic: 'order', length: 0, lastCursor: null };
    expect((await desk.operations.pipeline()).streams).toEqual([none]);
    const state = await beginIncarnation(redis, keys, 0, ['order']);
    await publishBatch(redis, keys, state, { rows, through: position }, 1_000);
    expect((await desk.operations.pipeline()).streams).toEqual([
      { topic: 'order', length: 2, lastCursor: encodeCursor(epoch, position) },
    ]);
  });

  test('counts for a queue consumer what is not enqueued and what is enqueued and not handled', async () => {
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed']);
    const [first, second, third] = await recordChain(database, 'one', [placed, placed, placed, paid]);
    await age(20);
    await desk.jobs.add(unordered('billing'), [first!, second!]);
    await setEnqueued(database, 'billing', second!.position);
    await deadLetter(database, 'billing', third!);
    const status = await statusOf('billing');
    const counts = { kind: 'QUEUE', lag: 3, active: 0, delayed: 0, dead: 1, paused: false };
    expect(status).toMatchObject(counts);
    expect(status?.oldestUnhandledSeconds).toBeCloseTo(20, -1);
  });

  test('knows the age of events that are enqueued', async () => {
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed']);
    const [event] = await recordChain(database, 'one', [placed]);
    await age(20);
    await desk.jobs.add(unordered('billing'), [event!]);
    await desk.jobs.addAgain(
      unordered('billing'),
      { position: event!.position, envelope: '{}' },
      `${event!.id}-r1`,
    );
    await setEnqueued(database, 'billing', event!.position);
    const status = await statusOf('billing');
    expect(status?.lag).toBe(2);
    expect(status?.oldestUnhandledSeconds).toBeCloseTo(20, -1);
  });

  test('counts for a processor what its slot furthest back has before it', async () => {
    await registerConsumer(database, 'audit', 'PROCESSOR', ['order.*']);
    const rows = await recordChain(database, 'one', [placed, paid, placed]);
    await setCheckpoints(database, 'audit', [rows[2]!.position, rows[0]!.position]);
    expect(await statusOf('audit')).toMatchObject({ kind: 'PROCESSOR', lag: 2, active: 0, delayed: 0 });
    await setCheckpoints(database, 'audit', [rows[2]!.position, rows[2]!.position]);
    expect(await statusOf('audit')).toMatchObject({ lag: 0, oldestUnhandledSeconds: 0 });
  });
});

describe('a consumer that keeps order', () => {
  test('is told as one, whatever its lanes hold', async () => {
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed'], ordered('billing'));
    const rows = [];
    for (const n of [1, 2, 3, 4, 5, 6]) rows.push(...(await recordChain(database, `order-${n}`, [placed])));
    await age(20);
    await desk.jobs.add(ordered('billing'), rows);
    await setEnqueued(database, 'billing', rows.at(-1)!.position);
    const lanes = await redis.keys(`${queuePrefix(logName)}:billing~*:wait`);
    expect(lanes.length, 'lanes that hold something').toBeGreaterThan(1);
    const status = await statusOf('billing');
    expect(status).toMatchObject({ lag: 6, active: 0, delayed: 0, lanes: 4, orderedBy: 'aggregate' });
    expect(status?.oldestUnhandledSeconds).toBeCloseTo(20, -1);
  });

  test('stands still, goes on and is let go with all of its lanes', async () => {
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed'], ordered('billing'));
    const [event] = await recordChain(database, 'one', [placed]);
    await desk.jobs.add(ordered('billing'), [event!]);
    const pausedLanes = async () => {
      const keys = await redis.keys(`${queuePrefix(logName)}:billing~*:meta`);
      const paused = await Promise.all(keys.map((key) => redis.hexists(key, 'paused')));
      return paused.filter((is) => is === 1).length;
    };
    await desk.operations.changeConsumer('billing', 'pause');
    expect(await pausedLanes()).toBe(4);
    await desk.operations.changeConsumer('billing', 'resume');
    expect(await pausedLanes()).toBe(0);
    // its row went, and with it the number of its lanes, while Redis was away
    await database.pool.query('DELETE FROM consumer');
    await deregisterConsumer(database.pool, desk.queues, 'billing');
    expect(await redis.keys(`${queuePrefix(logName)}:billing*`)).toEqual([]);
  });
});

describe('a consumer that drains', () => {
  test.each(['QUEUE', 'PROCESSOR'] as const)(
    'of kind %s has only what was committed before in its lag, until it is resumed',
    async (kind) => {
      await registerConsumer(database, 'billing', kind, ['order.placed']);
      await recordChain(database, 'before', [placed, placed]);
      await desk.operations.changeConsumer('billing', 'pause');
      const drained = await desk.operations.changeConsumer('billing', 'drain');
      expect(drained).toMatchObject({ lag: 2, draining: true, paused: false });
      await recordChain(database, 'after', [placed]);
      expect(await statusOf('billing')).toMatchObject({ lag: 2 });
      // asked again it keeps its place, and standing still does not end it
      expect(await desk.operations.changeConsumer('billing', 'drain')).toMatchObject({ lag: 2 });
      expect(await desk.operations.changeConsumer('billing', 'pause')).toMatchObject({
        lag: 2,
        draining: true,
        paused: true,
      });
      expect(await desk.operations.changeConsumer('billing', 'resume')).toMatchObject({
        lag: 3,
        draining: false,
        paused: false,
      });
    },
  );
});

describe('a consumer', () => {
  test.each(['QUEUE', 'PROCESSOR'] as const)('of kind %s is paused and resumed', async (kind) => {
    await registerConsumer(database, 'billing', kind, ['order.placed']);
    expect(await desk.operations.changeConsumer('billing', 'pause')).toMatchObject({
      consumer: 'billing',
      paused: true,
    });
    expect(await statusOf('billing')).toMatchObject({ paused: true });
    expect(await desk.operations.changeConsumer('billing', 'resume')).toMatchObject({ paused: false });
  });

  test('that is paused keeps its jobs in its lag', async () => {
    await registerConsumer(database, 'billing', 'QUEUE', ['order.placed']);
    const [event] = await recordChain(database, 'one', [placed]);
    await desk.operations.changeConsumer('billing', 'pause');
    await desk.jobs.add(unordered('billing'), [event!]);
    await setEnqueued(database, 'billing', event!.position);
    expect(await statusOf('billing')).toMatchObject({ lag: 1, paused: true });
  });

  test('that nobody registered is not found', async () => {
    await expect(desk.operations.changeConsumer('nobody', 'pause')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(desk.operations.changeConsumer('nobody', 'drain')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(desk.operations.changeConsumer('nobody', 'resume')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
