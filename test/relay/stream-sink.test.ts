import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { logKeys } from '../../src/log/keys.ts';
import { readLogState } from '../../src/log/publish.ts';
import { newestPosition } from '../../src/outbox/head.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import { readSink, saveSinkPosition } from '../../src/outbox/sinks.ts';
import { createRelayMetrics } from '../../src/relay/metrics.ts';
import { createStreamPublisher } from '../../src/relay/stream-publisher.ts';
import { connect, insert } from '../outbox/support.ts';
import { until } from '../support/until.ts';
import {
  createRelayWorld,
  logged,
  logger,
  placesOf,
  type RelayWorld,
  restoreBackup,
  type TailReader,
  topics,
  writeAtOnce,
  writeWhile,
} from './support.ts';

/** Waits until the reader has everything that was committed, and compares. */
async function expectAllSeen(world: RelayWorld, reader: TailReader): Promise<void> {
  const newest = await newestPosition(world.pool);
  await until(() => reader.position >= newest, {
    message: () =>
      `the reader reaches ${newest}; it is at ${reader.position} with ${reader.events.length} events`,
  });
  expect(placesOf(reader.events)).toEqual(placesOf(await logged(world.pool)));
}

async function stateOf({ pool, redis, logName }: RelayWorld) {
  const { epoch } = await readLogRow(pool);
  return readLogState(redis, logKeys(logName, epoch));
}

const published = (world: RelayWorld, position: number) =>
  until(async () => (await stateOf(world))?.through === position, {
    message: `the log is published to ${position}`,
  });

/** Waits until the sink has looked at the outbox so many times more. */
async function looks({ pool }: RelayWorld, times: number): Promise<void> {
  const seen = new Set<string>();
  await until(async () => {
    const { rows } = await pool.query<{ at: Date }>(
      "SELECT query_start::text AS at FROM pg_stat_activity WHERE query LIKE 'SELECT horizon, writers%' AND pid <> pg_backend_pid()",
    );
    for (const { at } of rows) seen.add(String(at));
    return seen.size > times;
  });
}

describe('everything that is committed is published once and in order', () => {
  test('while writers overlap and roll back', async () => {
    await using world = await createRelayWorld();
    await using _sink = world.startStreams({ batchSize: 7 });
    await using reader = await world.startReader();
    expect(await writeAtOnce(world.pool)).toBeGreaterThan(100);
    await expectAllSeen(world, reader);
  });

  test('and nothing beyond a transaction that is still open', async () => {
    await using world = await createRelayWorld();
    await using _sink = world.startStreams();
    await using open = await connect(world.url);
    await world.pool.query(insert('before', 1));
    await published(world, 1);
    await open.query('BEGIN');
    await open.query(insert('open', 1));
    await world.pool.query(insert('after', 1, 2));
    await using reader = await world.startReader();
    await looks(world, 3);
    expect((await stateOf(world))!.through).toBe(1);
    await open.query('COMMIT');
    await published(world, 4);
    await expectAllSeen(world, reader);
  });

  test('while Redis loses its memory again and again', async () => {
    await using world = await createRelayWorld();
    await using _sink = world.startStreams({ batchSize: 5 });
    await using reader = await world.startReader();
    await writeWhile(world.pool, async () => {
      for (let loss = 0; loss < 6; loss++) {
        await delay(20 + Math.random() * 60);
        await world.redis.flushall();
      }
    });
    await expectAllSeen(world, reader);
  });

  test('while Redis is away for a moment', async () => {
    await using world = await createRelayWorld();
    await using _sink = world.startStreams({ batchSize: 5 });
    await using reader = await world.startReader();
    const writing = writeAtOnce(world.pool, { each: 100 });
    await until(() => reader.events.length > 50);
    await world.server.kill();
    await delay(200);
    await world.server.start();
    await writing;
    await expectAllSeen(world, reader);
  });

  test('by two sinks at once: one that led before does no harm', async () => {
    await using world = await createRelayWorld();
    const other = new Redis(world.server.url);
    await using reader = await world.startReader();
    {
      await using _leader = world.startStreams({ batchSize: 5 });
      await using _late = world.startStreams({ batchSize: 3, redis: other });
      await writeAtOnce(world.pool, { each: 100 });
      await expectAllSeen(world, reader);
    }
    other.disconnect();
    expect((await stateOf(world))!.through).toBe(await newestPosition(world.pool));
  });

  test('from the outbox to those whose cursor is older than what Redis keeps', async () => {
    await using world = await createRelayWorld();
    await using _sink = world.startStreams({ streamMaxLength: 5 });
    await world.pool.query(insert('many', ...Array.from({ length: 300 }, (_, n) => n + 1)));
    await published(world, 300);
    await using reader = await world.startReader();
    await expectAllSeen(world, reader);
  });
});

describe('the checkpoint', () => {
  test('follows what is published, and is saved at the latest when the sink stops', async () => {
    await using world = await createRelayWorld();
    {
      await using _sink = world.startStreams();
      await world.pool.query(insert('a', 1, 2, 3));
      await published(world, 3);
    }
    expect((await readSink(world.pool, 'streams')).position).toBe(3);
    await saveSinkPosition(world.pool, 'streams', 2);
    expect((await readSink(world.pool, 'streams')).position, 'it never goes back').toBe(3);
  });
});

test('what was published from another Postgres is not saved as the checkpoint of one that came back older', async () => {
  await using world = await createRelayWorld();
  const { pool, redis, logName } = world;
  const publisher = createStreamPublisher({
    ...{ pool, redis, logName, topics, logger, pollMs: 10, batchSize: 50, streamMaxLength: 100 },
    metrics: createRelayMetrics(new Registry()),
  });
  await pool.query(insert('before', 1, 2, 3, 4, 5));
  await publisher.turn();
  expect((await stateOf(world))!.through).toBe(5);
  await restoreBackup(pool, 2);
  await pool.query(insert('after', 1, 2, 3));
  await publisher.saveCheckpoint();
  expect((await readSink(pool, 'streams')).position).toBe(0);
  publisher.leave();
});

describe('when Postgres comes back older than the log', () => {
  const backup = 5;

  /** A log published to 10, then a backup of when it was at 5, and what is written after it. */
  async function restored(lose: (world: RelayWorld) => Promise<unknown> = async () => {}) {
    const world = await createRelayWorld();
    await world.pool.query(insert('before', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    {
      await using _sink = world.startStreams();
      await published(world, 10);
    }
    await lose(world);
    const old = await readLogRow(world.pool);
    await restoreBackup(world.pool, backup);
    return { world, old };
  }

  test('the epoch changes, the old log is left as it was, and the new one has all that is written from then on', async () => {
    const { world: made, old } = await restored();
    await using world = made;
    const oldKeys = await world.redis.keys(`*${old.epoch}*`);
    const oldStream = await world.redis.xrange(logKeys(world.logName, old.epoch).topic('test'), '-', '+');
    expect(oldStream).toHaveLength(10);
    await world.pool.query(insert('after', 1, 2, 3));
    await using _sink = world.startStreams();
    await until(async () => (await readLogRow(world.pool)).epoch !== old.epoch, {
      message: 'the epoch changes',
    });
    await published(world, 8);
    await using reader = await world.startReader();
    await expectAllSeen(world, reader);
    expect((await world.redis.keys(`*${old.epoch}*`)).sort()).toEqual(oldKeys.sort());
    expect(await world.redis.xrange(logKeys(world.logName, old.epoch).topic('test'), '-', '+')).toEqual(
      oldStream,
    );
  });

  test('it is seen by the id when other events have taken the lost positions', async () => {
    const { world: made, old } = await restored();
    await using world = made;
    await world.pool.query(insert('after', 1, 2, 3, 4, 5, 6, 7));
    await using _sink = world.startStreams();
    await until(async () => (await readLogRow(world.pool)).epoch !== old.epoch, {
      message: 'the epoch changes',
    });
    await published(world, 12);
    await using reader = await world.startReader();
    await expectAllSeen(world, reader);
  });

  test('it is seen when what was lost had committed late, below events that stand', async () => {
    await using world = await createRelayWorld();
    const { pool } = world;
    const { epoch } = await readLogRow(pool);
    await using late = await connect(world.url);
    {
      await using _sink = world.startStreams();
      await pool.query(insert('a', 1));
      await late.query('BEGIN');
      await late.query(insert('late', 1));
      await pool.query(insert('a', 2)); // committed first: a replica may have this and not the other
      await late.query('COMMIT');
      await published(world, 3);
    }
    await pool.query('DELETE FROM outbox WHERE position = 2');
    await pool.query("UPDATE sink SET position = 1 WHERE name = 'streams'");
    await using _sink = world.startStreams();
    await until(async () => (await readLogRow(pool)).epoch !== epoch, { message: 'the epoch changes' });
    await published(world, 3);
    await using reader = await world.startReader();
    const log = await logged(pool);
    await until(() => reader.events.length === log.length);
    expect(placesOf(reader.events)).toEqual(placesOf(log));
  });

  test('it is also seen when Redis had been empty and nothing was published since', async () => {
    const lose = async (world: RelayWorld) => {
      await world.redis.flushall();
      await using _sink = world.startStreams();
      await published(world, 10);
    };
    const { world: made, old } = await restored(lose);
    await using world = made;
    await world.pool.query(insert('after', 1, 2, 3, 4, 5, 6, 7));
    await using _sink = world.startStreams();
    await until(async () => (await readLogRow(world.pool)).epoch !== old.epoch, {
      message: 'the epoch changes',
    });
    await published(world, 12);
    await using reader = await world.startReader();
    await expectAllSeen(world, reader);
  });

  test('a sink whose connections were cut meanwhile sees it before it publishes anything', async () => {
    await using world = await createRelayWorld();
    await world.pool.query(insert('before', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    await using _sink = world.startStreams({ pollMs: 500 });
    await published(world, 10);
    const old = await readLogRow(world.pool);
    await using admin = await connect(world.url, 'admin');
    await admin.query('BEGIN');
    await admin.query('DELETE FROM outbox WHERE position > 5');
    await admin.query('UPDATE sink SET position = 5');
    await admin.query("SELECT setval('outbox_position_seq', 5)");
    await admin.query(insert('after', 1, 2, 3, 4, 5, 6, 7));
    await admin.query(
      'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await admin.query('COMMIT');
    await until(async () => (await readLogRow(world.pool)).epoch !== old.epoch, {
      message: 'the epoch changes',
    });
    await published(world, 12);
    expect(await world.redis.xlen(logKeys(world.logName, old.epoch).topic('test'))).toBe(10);
  });

  test('two sinks that see it at once agree on one new epoch', async () => {
    const { world: made, old } = await restored();
    await using world = made;
    const other = new Redis(world.server.url);
    {
      await using _one = world.startStreams();
      await using _two = world.startStreams({ redis: other });
      await world.pool.query(insert('after', 1, 2, 3));
      await published(world, 8);
      await using reader = await world.startReader();
      await world.pool.query(insert('after', 4, 5, 6));
      await expectAllSeen(world, reader);
    }
    other.disconnect();
    const epochs = new Set((await world.redis.keys('*:meta')).map((key) => key.split(/[:}]/)[1]));
    expect(epochs).toEqual(new Set([old.epoch, (await readLogRow(world.pool)).epoch]));
  });
});

test('the same Postgres and Redis under a new leader stay the same epoch', async () => {
  await using world = await createRelayWorld();
  const old = await readLogRow(world.pool);
  for (let version = 1; version <= 3; version++) {
    await using _sink = world.startStreams();
    await world.pool.query(insert('a', version));
    await published(world, version);
  }
  expect(await readLogRow(world.pool)).toEqual(old);
});
