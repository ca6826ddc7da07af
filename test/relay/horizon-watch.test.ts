import type { Pool } from 'pg';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { Logger } from '../../src/platform/logger.ts';
import { startHorizonWatch } from '../../src/relay/horizon-watch.ts';
import { createRelayMetrics } from '../../src/relay/metrics.ts';
import { connect, insert } from '../outbox/support.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { createRelayWorld } from './support.ts';

const metric = 'aorta_relay_horizon_held_seconds';

/** A watch that loses patience at once, with what it has said. */
function watch(pool: Pool) {
  const lines: Record<string, unknown>[] = [];
  const logger: Logger = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const registry = new Registry();
  const metrics = createRelayMetrics(registry);
  const loop = startHorizonWatch({ pool, logger, metrics, patienceMs: 30, lookMs: 5 });
  return {
    warnings: () => lines.filter(({ msg }) => msg === 'relay.horizon_held'),
    said: (message: string) => lines.some(({ msg }) => msg === message),
    series: async () => (await registry.getSingleMetric(metric)!.get()).values,
    [Symbol.asyncDispose]: loop.stop,
  };
}

test('a writer that holds the horizon is named once, with its backend, until the horizon moves', async () => {
  await using database = await createTestDatabase();
  const { pool } = database.database;
  await using said = watch(pool);
  await using writer = await connect(database.url, 'slow writer');
  const { pid } = (await writer.query('SELECT pg_backend_pid() AS pid')).rows[0];
  await writer.query('BEGIN');
  await writer.query(insert('slow', 1));
  await pool.query(insert('quick', 1));

  await until(() => said.warnings().length > 0, { message: 'the holder is told' });
  expect(said.warnings()[0]).toMatchObject({
    pid,
    application: 'slow writer',
    state: 'idle in transaction',
    position: 0,
    query: expect.stringContaining('INSERT INTO outbox'),
    age: expect.any(Number),
  });
  const [first] = await said.series();
  expect(first!.labels).toEqual({ pid: String(pid), application: 'slow writer' });
  // it goes on to say how long, and does not repeat the warning
  await until(async () => (await said.series())[0]!.value > first!.value);
  expect(said.warnings()).toHaveLength(1);

  await writer.query('COMMIT');
  await until(() => said.said('relay.horizon_moves'), { message: 'the horizon moves' });
  expect(await said.series()).toEqual([]);
});

test('each of two writers that hold the horizon is named, and one that comes later is not', async () => {
  await using database = await createTestDatabase();
  const { pool } = database.database;
  await using first = await connect(database.url, 'first');
  await using second = await connect(database.url, 'second');
  await using later = await connect(database.url, 'later');
  for (const [n, writer] of [first, second].entries()) {
    await writer.query('BEGIN');
    await writer.query(insert(`writer ${n}`, 1));
  }
  await using said = watch(pool);
  await until(() => said.warnings().length === 2, { message: 'both are told' });
  await later.query('BEGIN');
  await later.query(insert('later', 1));
  const before = (await said.series())[0]!.value;
  await until(async () => (await said.series())[0]!.value > before);
  expect(said.warnings().map(({ application }) => application)).toEqual(['first', 'second']);
  for (const writer of [first, second, later]) await writer.query('COMMIT');
});

test('a writer is named also after Postgres came back from when it had given out fewer positions', async () => {
  await using database = await createTestDatabase();
  const { pool } = database.database;
  await pool.query("SELECT setval('outbox_position_seq', 1000)");
  await using said = watch(pool);
  await using before = await connect(database.url, 'before');
  await before.query('BEGIN');
  await before.query(insert('before', 1));
  await until(() => said.warnings().length === 1, { message: 'it has seen the newer state' });
  await before.query('COMMIT');
  await until(() => said.said('relay.horizon_moves'));

  await pool.query("SELECT setval('outbox_position_seq', 500)");
  await using writer = await connect(database.url, 'writer');
  await writer.query('BEGIN');
  await writer.query(insert('slow', 1));
  await until(() => said.warnings().length === 2, { message: 'the holder is told' });
  expect(said.warnings()[1]).toMatchObject({ application: 'writer' });
  await writer.query('COMMIT');
});

test('a long transaction that does not write the outbox neither holds what is published nor is named', async () => {
  await using world = await createRelayWorld();
  const { pool } = world;
  await using said = watch(pool);
  await using _sink = world.startStreams();
  await using reader = await world.startReader();
  await using unrelated = await connect(world.url, 'unrelated');
  await unrelated.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await unrelated.query("INSERT INTO video (id, title, genres) VALUES ('v', 'v', '{}')");
  await unrelated.query('SELECT FROM outbox');

  await pool.query(insert('other', 1));
  await until(() => reader.events.length === 1, { message: 'the event is published' });
  await using writer = await connect(world.url, 'writer');
  await writer.query('BEGIN');
  await writer.query(insert('slow', 1));
  await until(() => said.warnings().length > 0, { message: 'who writes is told' });
  expect(said.warnings().map(({ application }) => application)).toEqual(['writer']);
  await writer.query('COMMIT');
  await until(() => reader.events.length === 2);
  await unrelated.query('COMMIT');
});
