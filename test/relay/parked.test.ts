import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { logKeys } from '../../src/log/keys.ts';
import { readLogState } from '../../src/log/publish.ts';
import { registerEventTypes } from '../../src/outbox/event-types.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import { readParked, republishParked } from '../../src/outbox/parked.ts';
import { readOutbox } from '../../src/outbox/read-outbox.ts';
import { openSession } from '../../src/outbox/session.ts';
import { createRelayMetrics } from '../../src/relay/metrics.ts';
import { publishRows } from '../../src/relay/publish-rows.ts';
import { createStreamPublisher } from '../../src/relay/stream-publisher.ts';
import { insert } from '../outbox/support.ts';
import { until } from '../support/until.ts';
import { allowConfig, forbidConfig, insertLarge, insertUnknown, limitSize } from './poison.ts';
import { createRelayWorld, logger, type RelayWorld, type TailReader } from './support.ts';

const nameOf = ({ aggregateId, aggregateVersion }: TailReader['events'][number]) =>
  `${aggregateId}:${aggregateVersion}`;

const received = (reader: TailReader, count: number) =>
  until(() => reader.events.length === count, { message: `${count} events are published` });

const parkedCount = (world: RelayWorld, count: number) =>
  until(async () => (await readParked(world.pool)).length === count, {
    message: `${count} events are parked`,
  });

describe('an event that Redis does not take, because it is too large,', () => {
  test.each([
    ['tells its limit', async () => {}],
    ['is not to be asked for it', forbidConfig],
  ])('is parked with its reason, and the others are published; Redis %s', async (_how, prepare) => {
    await using world = await createRelayWorld();
    const { pool } = world;
    await limitSize(world, 1);
    await prepare(world);
    await pool.query(insert('a', 1, 2, 3));
    await pool.query(insertLarge(1));
    await pool.query(insert('a', 4));
    await pool.query(insertLarge(2));
    await pool.query(insert('a', 5, 6));
    const metrics = createRelayMetrics(new Registry());
    await using _sink = world.startStreams({ metrics });
    await using reader = await world.startReader();
    await received(reader, 6);
    expect(reader.events.map(nameOf)).toEqual(['a:1', 'a:2', 'a:3', 'a:4', 'a:5', 'a:6']);
    expect(await readParked(pool)).toMatchObject([
      { position: 4, type: 'test.happened', aggregateId: 'large', reason: 'TOO_LARGE' },
      { position: 6, type: 'test.happened', aggregateId: 'large', reason: 'TOO_LARGE' },
    ]);
    expect((await metrics.parked.get()).values).toMatchObject([
      { labels: { reason: 'TOO_LARGE' }, value: 2 },
    ]);
    await allowConfig(world);
  });

  test('is published again at a new position, with its id, once Redis takes more; until then it is parked again', async () => {
    await using world = await createRelayWorld();
    const { pool } = world;
    await limitSize(world, 1);
    await pool.query(insertLarge(1));
    await pool.query(insertLarge(2));
    await pool.query(insert('a', 1));
    await using _sink = world.startStreams();
    await using reader = await world.startReader();
    await received(reader, 1);
    const ids = (await readParked(pool)).map(({ id }) => id);
    expect(await republishParked(pool, ids)).toBe(2);
    await until(async () => (await readParked(pool)).map(({ position }) => position).join() === '4,5');

    await limitSize(world, 512);
    expect(await republishParked(pool, ids)).toBe(2);
    await received(reader, 3);
    expect(reader.events.map(nameOf)).toEqual(['a:1', 'large:1', 'large:2']);
    expect(reader.events.slice(1).map(({ id, position }) => [id, position])).toEqual([
      [ids[0], 6],
      [ids[1], 7],
    ]);
    expect(await republishParked(pool, ids), 'it was done').toBe(0);
  });

  test('is not there for readers of the outbox either, and the log stays the same log', async () => {
    await using world = await createRelayWorld();
    const { pool } = world;
    const { epoch } = await readLogRow(pool);
    await limitSize(world, 1);
    await pool.query(insert('a', 1));
    await pool.query(insertLarge(1));
    {
      await using _sink = world.startStreams();
      await using reader = await world.startReader();
      await until(() => reader.position === 2, { message: 'the parked position is passed' });
    }
    await using _sink = world.startStreams();
    await pool.query(insert('a', 2));
    await world.redis.flushall();
    await using reader = await world.startReader();
    await received(reader, 2);
    expect(reader.events.map(nameOf)).toEqual(['a:1', 'a:2']);
    expect((await readLogRow(pool)).epoch).toBe(epoch);
  });

  test('is left alone by a relay that no longer leads', async () => {
    await using world = await createRelayWorld();
    const { pool, redis, logName } = world;
    await pool.query(insert('a', 1));
    await using sink = world.startStreams();
    await using reader = await world.startReader();
    await received(reader, 1);
    const { epoch } = await readLogRow(pool);
    const keys = logKeys(logName, epoch);
    const state = (await readLogState(redis, keys))!;
    const session = await openSession(pool);
    const place = { keys, session, state, types: undefined, whenFree: async () => {} };
    await pool.query(insertLarge(1));
    const rows = await readOutbox(pool, { after: 1, upTo: 2, limit: 10 });
    await received(reader, 2);
    await sink.stop();
    await limitSize(world, 1);
    const metrics = createRelayMetrics(new Registry());
    const result = await publishRows({ redis, logger, metrics, streamMaxLength: 100 }, place, rows, 2);
    session.end();
    expect(result).toBe('fenced');
    expect(await readParked(pool)).toEqual([]);
  });
});

test('a relay parks nothing once another has taken over, which may know the type', async () => {
  await using world = await createRelayWorld();
  const { pool, redis, logName } = world;
  const publisher = (types: readonly string[]) =>
    createStreamPublisher({
      ...{
        pool,
        redis,
        logName,
        logger,
        types,
        topics: ['test'],
        pollMs: 10,
        batchSize: 50,
        streamMaxLength: 100,
      },
      metrics: createRelayMetrics(new Registry()),
    });
  const [late, next] = [publisher([]), publisher(['test.happened'])];
  await late.turn();
  await pool.query('DELETE FROM outbox_event_type');
  await next.turn();
  await pool.query('DELETE FROM outbox_event_type'); // as the late one knows it
  await pool.query(insert('a', 1));
  await late.turn();
  expect(await readParked(pool)).toEqual([]);
  await next.turn();
  await using reader = await world.startReader();
  await received(reader, 1);
  for (const each of [late, next]) each.leave();
});

test('nothing is parked because Redis is full: it is published when there is room', async () => {
  await using world = await createRelayWorld();
  const { pool, redis } = world;
  await using _sink = world.startStreams();
  await using reader = await world.startReader();
  await pool.query(insert('a', 1));
  await received(reader, 1);
  await redis.config('SET', 'maxmemory', 1);
  await pool.query(insertLarge(1));
  await until(async () => (await redis.info('errorstats')).includes('errorstat_OOM'), {
    message: 'Redis refuses what the relay sends',
  });
  expect(await readParked(pool)).toEqual([]);
  await redis.config('SET', 'maxmemory', 0);
  await received(reader, 2);
});

test('large events go to Redis a few at a time', async () => {
  await using world = await createRelayWorld();
  for (let version = 1; version <= 20; version++) await world.pool.query(insertLarge(version));
  await using _sink = world.startStreams();
  await using reader = await world.startReader();
  await received(reader, 20);
  const stats = await world.redis.info('commandstats');
  const calls = Number(stats.match(/cmdstat_eval:calls=(\d+)/)![1]);
  expect(calls, 'calls for 40 MB, one of them to begin the log').toBeGreaterThanOrEqual(4);
});

describe('an event of a type that no code knows', () => {
  const types = ['test.happened'];

  test('is parked with its reason, and the others are published', async () => {
    await using world = await createRelayWorld();
    const { pool } = world;
    await pool.query(insert('a', 1));
    await pool.query(insertUnknown(1));
    await pool.query(insert('a', 2));
    await using _sink = world.startStreams({ types });
    await using reader = await world.startReader();
    await received(reader, 2);
    expect(reader.events.map(nameOf)).toEqual(['a:1', 'a:2']);
    expect(await readParked(pool)).toMatchObject([
      { position: 2, type: 'nobody.knows', reason: 'UNKNOWN_TYPE' },
    ]);
  });

  test('is published by an older relay as soon as newer code has made it known', async () => {
    await using world = await createRelayWorld();
    const { pool } = world;
    await using _sink = world.startStreams({ types });
    await using reader = await world.startReader();
    await pool.query(insertUnknown(1));
    await parkedCount(world, 1);
    await registerEventTypes(pool, ['nobody.knows']);
    await pool.query(insertUnknown(2));
    await received(reader, 1);
    await republishParked(
      pool,
      (await readParked(pool)).map(({ id }) => id),
    );
    await received(reader, 2);
    expect(reader.events.map(nameOf)).toEqual(['unknown:2', 'unknown:1']);
    expect(await readParked(pool)).toEqual([]);
  });
});
