/** An account at any instant and after any version is what a replay of its first events comes to. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as bank from '../../src/domains/banking/commands.ts';
import { account } from '../../src/domains/banking/queries.ts';
import type { History } from '../../src/history/history.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { cause, openHistory, t0 } from './support.ts';

const movements = 330; // three snapshots, and some events after the last

let testDatabase: TestDatabase;
let history: History;
let id: string;
/** After each version: what its own events add up to */
const replayed: { readonly version: number; readonly at: number; readonly balance: string }[] = [];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  history = openHistory(testDatabase.database);
  const opening = { owner: 'Ada', currency: 'EUR', initialDeposit: '0', overdraftLimit: '100000' };
  id = (await bank.openAccount(history, cause, opening, t0)).id;
  let now = t0.getTime();
  for (let n = 0; n < movements; n += 1) {
    // several at one instant, some long after, and now and then a clock that goes back
    now += Math.random() < 0.3 ? 0 : Math.round(Math.random() * 5_000) - (Math.random() < 0.1 ? 3_000 : 0);
    const move = Math.random() < 0.5 ? bank.deposit : bank.withdraw;
    const amount = String(1 + Math.floor(Math.random() * 100));
    await move(history, cause, { accountId: id, amount }, new Date(now));
  }
  const { rows } = await testDatabase.database.pool.query(
    `SELECT version, occurred_at, type, payload->>'amount' AS amount FROM history WHERE aggregate_id = $1 ORDER BY version`,
    [id],
  );
  let balance = 0n;
  for (const { version, occurred_at, type, amount } of rows) {
    if (type === 'bank.money_deposited') balance += BigInt(amount);
    if (type === 'bank.money_withdrawn') balance -= BigInt(amount);
    replayed.push({ version, at: occurred_at.getTime(), balance: String(balance) });
  }
});
afterAll(() => testDatabase.drop());

const snapshots = async () => {
  const { rows } = await testDatabase.database.pool.query(
    'SELECT version FROM history_snapshot WHERE aggregate_id = $1 ORDER BY version',
    [id],
  );
  return rows.map(({ version }) => version);
};

test('time never goes back in a history, whatever the clocks did', () => {
  expect(replayed).toHaveLength(movements + 1);
  expect(replayed.map(({ at }) => at)).toEqual(replayed.map(({ at }) => at).sort((a, b) => a - b));
});

test('at random instants it is the replay of all that had happened by then', async () => {
  await until(async () => (await snapshots()).length === 3);
  const [from, to] = [t0.getTime(), replayed.at(-1)!.at];
  const random = Array.from({ length: 60 }, () => from + Math.floor(Math.random() * (to - from)));
  // on the instants of events themselves too, and of those around snapshots
  const exact = [1, 2, 99, 100, 101, 200, 201, 300, 331].map((version) => replayed[version - 1]!.at);
  for (const at of [...random, ...exact]) {
    const expected = replayed.findLast((each) => each.at <= at)!;
    const { version, balance } = expected;
    expect(await account(history, id, { at: new Date(at) }), new Date(at).toISOString()).toMatchObject({
      ...{ version, balance, updatedAt: new Date(expected.at) },
    });
  }
});

test('after each version it is the replay up to that', async () => {
  for (const { version, balance, at } of replayed) {
    expect(await account(history, id, { version })).toMatchObject({
      version,
      balance,
      updatedAt: new Date(at),
    });
  }
});

test('before it was opened there is none, nor after a version that it has not reached', async () => {
  expect(await account(history, id, { at: new Date(t0.getTime() - 1) })).toBeNull();
  expect(await account(history, id, { version: movements + 2 })).toBeNull();
  expect(await account(history, id, { version: 2_147_483_647 })).toBeNull();
});

test('at an instant to come it is as it is now', async () => {
  expect(await account(history, id, { at: new Date('9999-01-01') })).toEqual(await account(history, id));
});

test('both at once, and versions from before the first, are refused', async () => {
  for (const moment of [{ at: t0, version: 1 }, { version: 0 }, { version: -1 }])
    await expect(account(history, id, moment)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
});

test('snapshots that are gone or not readable change no answer', async () => {
  const before = await account(history, id, { version: 250 });
  const { pool } = testDatabase.database;
  await pool.query(`UPDATE history_snapshot SET state = '{"status": "frozen"}' WHERE aggregate_id = $1`, [
    id,
  ]);
  expect(await account(openHistory(testDatabase.database), id, { version: 250 })).toEqual(before);
  await pool.query('DELETE FROM history_snapshot WHERE aggregate_id = $1', [id]);
  expect(await account(openHistory(testDatabase.database), id, { version: 250 })).toEqual(before);
});
