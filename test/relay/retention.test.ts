import type { Pool } from 'pg';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvent } from '../../src/events/define-event.ts';
import { openLogReader } from '../../src/log/reader.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import { readPartitions } from '../../src/outbox/partitions.ts';
import { defaultRetention } from '../../src/outbox/retention.ts';
import { readConfig } from '../../src/platform/config.ts';
import { createRelayMetrics } from '../../src/relay/metrics.ts';
import { startRelay } from '../../src/relay/relay.ts';
import { startRetention } from '../../src/relay/retention.ts';
import { queueReaction } from '../../src/workers/reaction.ts';
import { registerConsumer } from '../../src/workers/register.ts';
import { passDays, shrinkFirstPartition, writeEvents } from '../outbox/retention-support.ts';
import { connect } from '../outbox/support.ts';
import { until } from '../support/until.ts';
import { allEnqueued, idsOf, loggedIds, write } from './queues.ts';
import { createRelayWorld, logger, topics } from './support.ts';

const place = { topic: 'test', aggregateType: 'test' };
const happened = defineEvent('test.happened', z.object({}), place);
const poked = defineEvent('test.poked', z.object({}), place);

/** Retention as the leading relay runs it, looking often, with what it says. */
function start(pool: Pool) {
  const lines: Record<string, unknown>[] = [];
  const said = (message: string) => lines.filter(({ msg }) => msg === message);
  const registry = new Registry();
  const loop = startRetention({
    pool,
    logger: pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) }),
    metrics: createRelayMetrics(registry),
    retention: defaultRetention,
    lookMs: 5,
  });
  const heldBy = async () =>
    (await registry.getSingleMetric('aorta_relay_retention_held')!.get()).values.map(
      ({ labels }) => labels.by,
    );
  return { said, heldBy, [Symbol.asyncDispose]: loop.stop };
}

/** A log of 25 published events in partitions of ten. */
async function createLog() {
  const world = await createRelayWorld();
  await shrinkFirstPartition(world.pool);
  await writeEvents(world.pool, 25);
  {
    await using _sink = world.startStreams();
    await using reader = await world.startReader();
    await until(() => reader.position === 25);
  }
  return world;
}

const closed = (pool: Pool, count: number) =>
  until(async () => (await pool.query('SELECT FROM outbox_closed')).rowCount === count, {
    message: `${count} partitions are closed`,
  });

describe('what is past its retention', () => {
  test('is dropped as soon as who still needs it has passed it; until then its holder is told once', async () => {
    await using world = await createLog();
    const { pool } = world;
    await pool.query(
      `INSERT INTO consumer (name, kind, types, topics, start_position, enqueued_position)
       VALUES ('rankings', 'PROCESSOR', '{test.*}', '{test}', 0, 0)`,
    );
    await using retention = start(pool);
    await closed(pool, 2);
    await passDays(pool, 7);
    await until(async () => (await retention.heldBy()).includes('consumer rankings'));
    expect(retention.said('relay.retention_held')).toMatchObject([
      { partition: 'outbox_p0', upTo: 9, holders: ['consumer rankings'] },
    ]);
    expect((await readLogRow(pool)).floor).toBe(0);

    await pool.query(
      "INSERT INTO processor_checkpoint (processor, slot, position) VALUES ('rankings', 0, 25)",
    );
    await until(async () => (await readLogRow(pool)).floor === 19, {
      message: 'both partitions are dropped',
    });
    await until(() => retention.said('relay.partition_dropped').length === 2);
    expect(await retention.heldBy()).toEqual([]);
    expect((await readPartitions(pool))[0]!.from).toBe(20);
  });

  test('is not held by a consumer that takes on its type later, which gets none of it when Redis has lost the jobs', async () => {
    await using world = await createLog();
    const { pool } = world;
    const reaction = { name: 'emails', async handle() {} };
    await registerConsumer(pool, queueReaction({ ...reaction, events: [poked] }), logger);
    const registry = new Registry();
    await using _queues = world.startQueues({ metrics: createRelayMetrics(registry) });
    await allEnqueued(world, 'emails');
    await registerConsumer(pool, queueReaction({ ...reaction, events: [poked, happened] }), logger);
    await write(world, 1, 2);
    await allEnqueued(world, 'emails');
    expect(await idsOf(world, 'emails')).toEqual(await loggedIds(world, 25));
    await world.redis.flushall();
    await until(
      async () => (await registry.getSingleMetric('aorta_relay_healed_total')!.get()).values[0]?.value,
      { message: 'the queues are healed' },
    );
    expect(await idsOf(world, 'emails')).toEqual(await loggedIds(world, 25));
    await using _retention = start(pool);
    await closed(pool, 2);
    await passDays(pool, 7);
    await until(async () => (await readLogRow(pool)).floor === 19);
  });

  test('is dropped once a reader that was in the way has ended', async () => {
    await using world = await createLog();
    const { pool } = world;
    await using reader = await connect(world.url, 'reader');
    await reader.query('BEGIN');
    await reader.query('SELECT FROM outbox');
    await using _retention = start(pool);
    await closed(pool, 2);
    await passDays(pool, 7);
    await until(
      async () =>
        (await pool.query("SELECT FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted"))
          .rowCount! > 0,
      { message: 'a drop waits for its lock' },
    );
    expect((await readLogRow(pool)).floor).toBe(0);
    await reader.query('COMMIT');
    await until(async () => (await readLogRow(pool)).floor === 19);
  });

  test('is never taken for a gap: a reader that is in the middle of it is told that it is gone', async () => {
    await using world = await createLog();
    await world.redis.flushall();
    const reader = await openLogReader(world);
    const read = (after: number) => reader.read({ filter: { topics }, after, limit: 3 });
    expect((await read(0)).events.map(({ position }) => position)).toEqual([1, 2, 3]);
    await using _retention = start(world.pool);
    await closed(world.pool, 2);
    await passDays(world.pool, 7);
    await until(async () => (await readLogRow(world.pool)).floor === 19);
    await expect(read(3)).rejects.toMatchObject({ code: 'CURSOR_EXPIRED', oldest: 19 });
    expect((await read(19)).events.map(({ position }) => position)).toEqual([20, 21, 22]);
  });

  test('may be all that there was: the log goes on where it was, and its epoch stays', async () => {
    await using world = await createLog();
    const { pool } = world;
    const { epoch } = await readLogRow(pool);
    await writeEvents(pool, 4); // the last partition is full
    {
      await using _sink = world.startStreams();
      await using reader = await world.startReader();
      await until(() => reader.position === 29);
    }
    {
      await using _retention = start(pool);
      await closed(pool, 3);
      await passDays(pool, 7);
      await until(async () => (await readLogRow(pool)).floor === 29);
    }
    expect((await pool.query('SELECT FROM outbox')).rowCount).toBe(0);
    await using _sink = world.startStreams();
    await writeEvents(pool, 1);
    const follower = await openLogReader(world);
    await until(async () => (await follower.through()) === 30);
    const { events } = await follower.read({ filter: { topics }, after: 29, limit: 10 });
    expect(events.map(({ position }) => position)).toEqual([30]);
    expect((await readLogRow(pool)).epoch).toBe(epoch);
  });
});

describe('the configuration', () => {
  const stores = { DATABASE_URL: 'postgresql://localhost/none', REDIS_URL: 'redis://localhost' };

  test('keeps everything for a week, and names topics that are kept for another time', () => {
    expect(readConfig(stores)).toMatchObject({ RETENTION_DAYS: 7, TOPIC_RETENTION_DAYS: new Map() });
    const config = readConfig({
      ...stores,
      RETENTION_DAYS: 'forever',
      TOPIC_RETENTION_DAYS: 'video-heartbeat=0.5, audit=forever',
    });
    expect(config.RETENTION_DAYS).toBe(Number.POSITIVE_INFINITY);
    expect([...config.TOPIC_RETENTION_DAYS]).toEqual([
      ['video-heartbeat', 0.5],
      ['audit', Number.POSITIVE_INFINITY],
    ]);
  });

  test.each(['video', 'video=', '=7', 'video=week', 'video=1=2'])('refuses %s', (text) => {
    expect(() => readConfig({ ...stores, TOPIC_RETENTION_DAYS: text })).toThrow('must be topic=days');
  });

  test('cannot name a topic that there is not: its events would be dropped unexpectedly', () => {
    const retention = { days: 7, topicDays: new Map([['tset', Number.POSITIVE_INFINITY]]) };
    expect(() => startRelay({ topics, logger, retention } as never)).toThrow('topic "tset"');
  });
});
