/** No statement of the history reads a table from one end to the other, however many rows there are. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHistory } from '../../src/history/history.ts';
import type { Outbox } from '../../src/outbox/transaction.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { count, counter, counterWith, every, openHistory, openOutbox, replayed, t0 } from './counter.ts';

let testDatabase: TestDatabase;
const pool = () => testDatabase.database.pool;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  await pool().query(
    `INSERT INTO history
     SELECT 'counter', 'counter-' || a, v, gen_random_uuid(), 'test.counted', 2, $1::timestamptz + v * interval '1 s',
            'request', NULL, NULL, '{"n": 1, "why": "test"}'
       FROM generate_series(1, 300) AS a, generate_series(1, 100) AS v`,
    [t0],
  );
  await pool().query(
    `INSERT INTO history_snapshot
     SELECT aggregate_type, aggregate_id, 1, version, occurred_at, json_build_object('sum', version::text, 'wipes', 0)
       FROM history WHERE version % $1 = 0`,
    [every],
  );
  await pool().query('ANALYZE history, history_snapshot');
});
afterAll(() => testDatabase.drop());

test('every statement finds its rows by an index, planned with its values and without', async () => {
  const statements = await statementsOfHistory();
  expect([...statements.keys()].sort()).toEqual([
    'append one',
    'append several',
    'history first',
    'history last',
    'history page',
    'history page at',
    'history page snapshot',
    'history page snapshot at',
    'history page snapshot version',
    'history page version',
    'history snapshots',
  ]);
  for (const [name, { text, values }] of statements) {
    const planned = await pool().query(`EXPLAIN ${text}`, values);
    const generic = await pool().query(`EXPLAIN (GENERIC_PLAN) ${text}`);
    for (const { rows } of [planned, generic]) {
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan, name).not.toMatch(/Seq Scan on history/);
      expect(plan, name).toMatch(/Index (Only )?Scan.* (using|on) history/);
    }
  }
});

/** Does everything there is to do, and gives each statement with the values that it had last. */
async function statementsOfHistory() {
  const statements = new Map<string, { text: string; values: unknown[] }>();
  const outbox = openOutbox(testDatabase.database);
  const watched: Outbox = {
    ...outbox,
    read: (query) => {
      statements.set(query.name, query.query);
      return outbox.read(query);
    },
    statement: (cause, statement) => {
      statements.set(statement.name, statement.change);
      return outbox.statement(cause, statement);
    },
  };
  const history = createHistory(watched);
  await count(history, 'counter-7', [1]);
  await count(history, 'counter-7', [1, 1]);
  const later = new Date(t0.getTime() + 55_500);
  for (const kind of [counter, replayed as typeof counter]) {
    expect(await history.load(kind, 'counter-8')).toMatchObject({ version: 100, state: { sum: 100n } });
    expect(await history.load(kind, 'counter-8', { version: 55 })).toMatchObject({ version: 55 });
    expect(await history.load(kind, 'counter-8', { at: later })).toMatchObject({ version: 55 });
  }
  await history.load(counterWith(2), 'counter-9');
  await until(() => statements.has('history snapshots'), { message: 'snapshots are written' });
  await history.page(counter, 'counter-9', { from: 'first', count: 10, after: 50 });
  await history.page(counter, 'counter-9', { from: 'last', count: 10, before: 50 });
  return statements;
}

test('a load through a snapshot reads the events since, and one at an instant none beyond the next snapshot', async () => {
  const rows: number[] = [];
  const outbox = openOutbox(testDatabase.database);
  const history = createHistory({
    ...outbox,
    read: async (query) => {
      const found = await outbox.read(query);
      rows.push(found.length);
      return found as never;
    },
  });
  await history.load(counter, 'counter-10', { version: 57 });
  await history.load(counter, 'counter-10', { at: new Date(t0.getTime() + 55_500) });
  expect(rows).toEqual([1 + 7, 1 + every]);
  expect(await openHistory(testDatabase.database).load(counter, 'counter-10')).toMatchObject({
    version: 100,
  });
});
