import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvent } from '../../src/events/define-event.ts';
import { matchesType } from '../../src/events/patterns.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { readQueueConsumers } from '../../src/relay/consumers.ts';
import { markerRowOf } from '../../src/relay/marker-row.ts';
import { processor, queueReaction, type Reaction } from '../../src/workers/reaction.ts';
import { registerConsumer } from '../../src/workers/register.ts';
import { connect, insert } from '../outbox/support.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { poked } from './support.ts';

const logger = createLogger('test', 'silent');

const reaction = (name: string, startFrom?: NonNullable<Reaction['startFrom']>) =>
  queueReaction({ name, events: [poked], ...(startFrom !== undefined && { startFrom }), async handle() {} });

const happened = defineEvent('test.happened', z.object({}), { topic: 'test', aggregateType: 'test' });

/** A log of ten events, whose first four are dropped. */
async function openLog() {
  const own = await createTestDatabase();
  const { pool } = own.database;
  await pool.query(insert('a', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  await pool.query('UPDATE log SET floor = 4');
  const startOf = async (name: string) => {
    const { rows } = await pool.query<{ start: number }>(
      'SELECT start_position AS start FROM consumer WHERE name = $1',
      [name],
    );
    return rows[0]?.start;
  };
  /** Which events of the log it wants, those included that it has had */
  const wantedBy = async (name: string) => {
    const { rows } = await pool.query<{ position: number }>(
      `SELECT position FROM outbox, consumer
        WHERE name = $1 AND position > consumer_type_start(consumer, type) ORDER BY position`,
      [name],
    );
    return rows.map(({ position }) => position);
  };
  const enqueue = (position: number) => pool.query('UPDATE consumer SET enqueued_position = $1', [position]);
  return { ...own, pool, startOf, wantedBy, enqueue };
}

test('a new consumer starts with the oldest event that is kept, with what comes from now on, or after a position', async () => {
  await using log = await openLog();
  await registerConsumer(log.pool, reaction('by-default'), logger);
  await registerConsumer(log.pool, reaction('from-now', 'latest'), logger);
  await registerConsumer(log.pool, reaction('after-seven', 7), logger);
  expect(await log.startOf('by-default')).toBe(4);
  expect(await log.startOf('from-now')).toBe(10);
  expect(await log.startOf('after-seven')).toBe(7);
});

test('one that would start before what is kept is refused: it would miss events in silence', async () => {
  await using log = await openLog();
  await expect(registerConsumer(log.pool, reaction('too-early', 3), logger)).rejects.toThrow(
    "starts before what the outbox still holds: start it from 'earliest'",
  );
  expect(await log.startOf('too-early')).toBeUndefined();
});

test('a known one keeps its place, whatever it declares now', async () => {
  await using log = await openLog();
  await registerConsumer(log.pool, reaction('known', 7), logger);
  await registerConsumer(log.pool, reaction('known', 3), logger);
  await registerConsumer(log.pool, reaction('known'), logger);
  expect(await log.startOf('known')).toBe(7);
});

test('one that registers while old events are being dropped starts behind them', async () => {
  await using log = await openLog();
  await using dropping = await connect(log.url);
  await dropping.query('BEGIN');
  await dropping.query('UPDATE log SET floor = 8');
  const registered = registerConsumer(log.pool, reaction('newcomer'), logger);
  await until(async () => (await log.pool.query('SELECT FROM pg_locks WHERE NOT granted')).rowCount);
  await dropping.query('COMMIT');
  await registered;
  expect(await log.startOf('newcomer')).toBe(8);
});

describe('a type that a known one takes on', () => {
  const queueOf = (...events: Reaction['events']) =>
    queueReaction({ name: 'known', events, startFrom: 4, async handle() {} });
  const processorOf = (...events: Reaction['events']) =>
    processor({ name: 'known', events, startFrom: 4, slots: 2, async handle() {} });

  test('counts from where its queue is; a batch that is under way by the types from before is begun anew', async () => {
    await using log = await openLog();
    const { pool } = log;
    await registerConsumer(pool, queueOf(poked), logger);
    await log.enqueue(6);
    await pool.query("UPDATE sink SET marker = 'this:1' WHERE name = 'queues'");
    const underWay = await readQueueConsumers(pool);
    await registerConsumer(pool, queueOf(poked, happened), logger);
    await using relay = await connect(log.url, 'relay');
    await markerRowOf(undefined).saveEnqueued(relay, underWay, { from: 6, to: 8 }, 'this:2');
    expect(await readQueueConsumers(pool)).toMatchObject([
      { types: ['test.poked', 'test.happened'], enqueuedPosition: 6 },
    ]);
    await log.enqueue(10);
    expect(await log.wantedBy('known')).toEqual([7, 8, 9, 10]);
  });

  test('counts from where the slot furthest back of a processor is', async () => {
    await using log = await openLog();
    const { pool } = log;
    await registerConsumer(pool, processorOf(poked), logger);
    await pool.query('UPDATE processor_checkpoint SET position = 6 + slot');
    await registerConsumer(pool, processorOf(happened, poked), logger);
    await pool.query('UPDATE processor_checkpoint SET position = 10');
    expect(await log.wantedBy('known')).toEqual([7, 8, 9, 10]);
  });

  test('counts anew when it had it once; one that it keeps counts from its start', async () => {
    await using log = await openLog();
    const { pool } = log;
    await registerConsumer(pool, queueOf(happened, poked), logger);
    await log.enqueue(8);
    await registerConsumer(pool, queueOf(happened), logger);
    expect(await log.wantedBy('known')).toEqual([5, 6, 7, 8, 9, 10]);
    await registerConsumer(pool, queueOf(poked), logger);
    expect(await log.wantedBy('known')).toEqual([]);
    await registerConsumer(pool, queueOf(poked, happened), logger);
    expect(await log.wantedBy('known')).toEqual([9, 10]);
  });

  test('may have been one of a domain whose every type it had', async () => {
    await using log = await openLog();
    await registerConsumer(log.pool, queueOf(poked), logger);
    await log.pool.query("UPDATE consumer SET types = '{test.*}'");
    await log.enqueue(8);
    await registerConsumer(log.pool, queueOf(happened), logger);
    expect(await log.wantedBy('known')).toEqual([5, 6, 7, 8, 9, 10]);
  });
});

test('one that is known and has changed nothing waits for nobody', async () => {
  await using log = await openLog();
  await registerConsumer(log.pool, reaction('known'), logger);
  await using other = await connect(log.url);
  await other.query('BEGIN');
  await other.query('UPDATE log SET floor = 8');
  await other.query('UPDATE consumer SET paused = true');
  await registerConsumer(log.pool, reaction('known'), logger);
  await other.query('ROLLBACK');
});

test.each([
  [['test.happened']],
  [['test.*']],
  [['tes.*', 'test.happene']],
  [['other.*', 'test.happened']],
  [['other.happened']],
  [['*']],
  [[]],
])('the types of a consumer mean the same in Postgres as everywhere else: %j', async (types) => {
  await using log = await openLog();
  await registerConsumer(log.pool, reaction('known'), logger);
  await log.pool.query('UPDATE consumer SET types = $1', [types]);
  expect((await log.wantedBy('known')).length > 0).toBe(matchesType(types, 'test.happened'));
});
