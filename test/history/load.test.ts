import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Aggregate, Loaded } from '../../src/history/aggregate.ts';
import type { History } from '../../src/history/history.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { type Count, count, counter, counterWith, openHistory, replayed, t0 } from './counter.ts';

let testDatabase: TestDatabase;
let history: History;
const pool = () => testDatabase.database.pool;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  await pool().query('TRUNCATE outbox, history, history_snapshot');
  history = openHistory(testDatabase.database);
});

const at = (ms: number) => new Date(t0.getTime() + ms);

/** Versions of which there is a snapshot of this schema version. */
const snapshots = async (schemaVersion = 1) => {
  const { rows } = await pool().query<{ version: number }>(
    'SELECT version FROM history_snapshot WHERE schema_version = $1 ORDER BY version',
    [schemaVersion],
  );
  return rows.map(({ version }) => version);
};

const untilSnapshots = (versions: readonly number[], schemaVersion = 1) =>
  until(async () => String(await snapshots(schemaVersion)) === String(versions), {
    message: `there are snapshots of ${versions}`,
  });

/** So many events, each of 1, a millisecond apart. */
const countUpTo = async (last: number) => {
  for (let version = 1; version <= last; version += 1) {
    await count(history, 'a', [1], { now: at(version) });
  }
};

describe('snapshots', () => {
  test('are kept as versions pass, and are what a reader begins with', async () => {
    await countUpTo(25);
    await untilSnapshots([10, 20]);
    // the first events are not read again: what they say has no effect
    await pool().query("UPDATE history SET payload = '{}' WHERE version <= 20");
    expect(await history.load(counter, 'a')).toEqual({
      state: { sum: 25n, wipes: 0 },
      version: 25,
      occurredAt: at(25),
    });
    expect(await history.load(counter, 'a', { version: 23 })).toMatchObject({
      state: { sum: 23n },
      version: 23,
    });
    expect(await history.load(counter, 'a', { at: at(20) })).toMatchObject({
      state: { sum: 20n },
      version: 20,
    });
    await expect(history.load(counter, 'a', { version: 19 })).rejects.toThrow('Invalid input');
  });

  test('of another shape are ignored and made anew, and only those of the release before stay beside them', async () => {
    await countUpTo(45);
    await untilSnapshots([10, 20, 30, 40]);
    expect(await history.load(counterWith(2), 'a')).toMatchObject({ state: { sum: 45n }, version: 45 });
    await untilSnapshots([10, 20, 30, 40], 2);
    expect(await snapshots(1)).toEqual([10, 20, 30, 40]);
    expect(await history.load(counterWith(3), 'a')).toMatchObject({ state: { sum: 45n }, version: 45 });
    await untilSnapshots([10, 20, 30, 40], 3);
    await untilSnapshots([], 1);
    expect(await snapshots(2)).toEqual([10, 20, 30, 40]);
  });

  test.each([
    ['of another form', '{"total": 1}'],
    ['that its codec throws on', '{"sum": "many", "wipes": 0}'],
  ])('%s are ignored, and made anew', async (_what, state) => {
    await countUpTo(15);
    await untilSnapshots([10]);
    await pool().query('UPDATE history_snapshot SET state = $1', [state]);
    expect(await history.load(counter, 'a')).toMatchObject({ state: { sum: 15n }, version: 15 });
    await until(async () => (await storedState())?.sum === '10', { message: 'the snapshot is mended' });
  });

  test('that were lost are made again by whoever misses them', async () => {
    await countUpTo(45);
    await untilSnapshots([10, 20, 30, 40]);
    await pool().query('DELETE FROM history_snapshot');
    expect(await history.load(counter, 'a')).toMatchObject({ state: { sum: 45n }, version: 45 });
    await untilSnapshots([10, 20, 30, 40]);
  });

  const storedState = async () => {
    const { rows } = await pool().query<{ state: Record<string, unknown> }>(
      'SELECT state FROM history_snapshot',
    );
    return rows[0]?.state;
  };
});

describe('an aggregate in the past', () => {
  test('has all events of the millisecond that it is asked for, and none of the next', async () => {
    await count(history, 'a', [1, 1, 1], { now: at(0) });
    await count(history, 'a', [1, 1], { now: at(0) });
    await count(history, 'a', [1], { now: at(1) });
    expect(await history.load(counter, 'a', { at: at(0) })).toMatchObject({ state: { sum: 5n }, version: 5 });
    expect(await history.load(counter, 'a', { at: at(-1) })).toEqual({
      state: counter.initial,
      version: 0,
      occurredAt: undefined,
    });
    expect(await history.load(counter, 'a', { at: at(1) })).toMatchObject({ version: 6 });
    expect(await history.load(counter, 'a', { version: 99 })).toMatchObject({ version: 6 });
    expect(await history.load(counter, 'a', { version: 0 })).toMatchObject({ version: 0 });
  });

  test('is, at any version and instant, what the events until then make of it', async () => {
    const commands = fc.array(
      fc.record({
        numbers: fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 7 }),
        // clocks go back too
        laterMs: fc.integer({ min: -2, max: 3 }),
      }),
      { minLength: 1, maxLength: 14 },
    );
    let id = 0;
    const property = fc.asyncProperty(commands, fc.infiniteStream(fc.nat()), async (given, random) => {
      id += 1;
      const aggregate = `counter ${id}`;
      const states: Loaded<Count>[] = [{ state: counter.initial, version: 0, occurredAt: undefined }];
      let now = 0;
      for (const { numbers, laterMs } of given) {
        now += laterMs;
        const answer = await count(history, aggregate, numbers, { now: at(now) });
        for (const n of numbers) states.push(next(states.at(-1)!, n, at(now)));
        expect(answer).toEqual(states.at(-1));
      }
      const look = async (
        kind: Aggregate<Count>,
        to: { at?: Date; version?: number },
        expected: Loaded<Count>,
      ) =>
        expect(await history.load(kind as typeof counter, aggregate, to), JSON.stringify(to)).toEqual(
          expected,
        );
      for (const kind of [counter, replayed] as unknown as Aggregate<Count>[]) {
        for (const number of random.take(4)) {
          const version = number % states.length;
          await look(kind, { version }, states[version]!);
          const instant = at((number % 40) - 10);
          const until = states.findLast(({ occurredAt }) => !occurredAt || occurredAt <= instant);
          await look(kind, { at: instant }, until!);
        }
        await look(kind, {}, states.at(-1)!);
      }
    });
    await fc.assert(property, { numRuns: 25 });
    expect((await snapshots()).length).toBeGreaterThan(0);
  });

  /** One event more, as the model has it. */
  const next = ({ state, version, occurredAt }: Loaded<Count>, n: number, now: Date): Loaded<Count> => ({
    state: { ...state, sum: state.sum + BigInt(n) },
    version: version + 1,
    occurredAt: occurredAt && occurredAt > now ? occurredAt : now,
  });
});

test('an aggregate of more events than a page holds is read to its end, and to any version before', async () => {
  await count(
    history,
    'a',
    Array.from({ length: 2_500 }, () => 1),
  );
  for (const kind of [counter, replayed] as const) {
    expect(await history.load(kind as typeof counter, 'a')).toMatchObject({
      state: { sum: 2_500n },
      version: 2_500,
    });
    expect(await history.load(kind as typeof counter, 'a', { version: 2_000 })).toMatchObject({
      version: 2_000,
    });
  }
});

describe('what newer code has written', () => {
  test.each([
    ['an event in a newer schema version', 'UPDATE history SET schema_version = 3 WHERE version = 2'],
    ['an event of a new type', "UPDATE history SET type = 'test.doubled' WHERE version = 2"],
  ])('%s can be read later, and until then changes nothing', async (_what, sql) => {
    await count(history, 'a', [1, 1]);
    await pool().query(sql);
    const unavailable = { code: 'UNAVAILABLE', retryable: true };
    const fresh = openHistory(testDatabase.database);
    await expect(fresh.load(counter, 'a')).rejects.toMatchObject(unavailable);
    await expect(count(fresh, 'a', [1])).rejects.toMatchObject(unavailable);
    expect(await fresh.load(counter, 'a', { version: 1 })).toMatchObject({ state: { sum: 1n } });
    const { events } = await fresh.page(counter, 'a', { from: 'first', count: 10 });
    expect(events).toHaveLength(2);
  });
});

test('an event that older code wrote is lifted as it is read, and stays as it was in the history', async () => {
  await count(history, 'a', [1, 2]);
  await pool().query(`UPDATE history SET schema_version = 1, payload = '{"n": 40}' WHERE version = 1`);
  expect(await openHistory(testDatabase.database).load(counter, 'a')).toMatchObject({ state: { sum: 42n } });
  const { events } = await history.page(counter, 'a', { from: 'first', count: 1 });
  expect(events).toMatchObject([{ schemaVersion: 1, payload: { n: 40 } }]);
});
