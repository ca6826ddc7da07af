/** The tutorial's story of event sourcing, told through the public API. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';
import { type Customer, createCustomer } from './support.ts';

let world: World;
let ada: Customer;
let id: string;

beforeAll(async () => {
  world = await createWorld();
  const api = world.spawn('api');
  await api.waitForLog('api.started');
  ada = createCustomer(world.apiUrl);
});
afterAll(() => world[Symbol.asyncDispose]());

const page = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  accountHistory(id: $id, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { id type schemaVersion aggregateVersion occurredAt correlationId actor payload cursor } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;
const historyOf = async (args: object = {}) => (await ada.ask(page, { id, ...args })).accountHistory;
const versionsOf = ({ edges }: { edges: { node: { aggregateVersion: number } }[] }) =>
  edges.map(({ node }) => node.aggregateVersion);

test('1000.00 with an overdraft of 500.00, then +500, -200, -800, +300, -1200: the balance after each', async () => {
  const opened = await ada.open({ initialDeposit: '100000', overdraftLimit: '50000' });
  ({ id } = opened);
  expect(opened).toMatchObject({
    ...{ owner: 'Ada', currency: 'EUR', minorUnitDigits: 2, balance: '100000', overdraftLimit: '50000' },
    ...{ status: 'OPEN', version: 1 },
  });
  const told = [];
  for (const [move, amount] of [
    ['deposit', '50000'],
    ['withdraw', '20000'],
    ['withdraw', '80000'],
    ['deposit', '30000'],
    ['withdraw', '120000'],
  ] as const)
    told.push(await ada[move]({ accountId: id, amount, description: `${move} ${amount}` }));
  expect(told.map(({ version, balance }) => [version, balance])).toEqual([
    ...[
      [2, '150000'],
      [3, '130000'],
      [4, '50000'],
      [5, '80000'],
      [6, '-40000'],
    ],
  ]);
});

test('what is left of the overdraft is the bound', async () => {
  await expect(ada.withdraw({ accountId: id, amount: '10001' })).rejects.toMatchObject({
    ...{ code: 'INSUFFICIENT_FUNDS', extensions: { available: '10000' } },
  });
  expect(await ada.account(id)).toMatchObject({ version: 6, balance: '-40000' });
});

test('the balance after the third event, by its version and by its time', async () => {
  const third = await ada.account(id, { version: 3 });
  expect(third).toMatchObject({ version: 3, balance: '130000' });
  const at = (await ada.account(id, { version: 4 })).updatedAt;
  const between = new Date(Date.parse(at) - 1).toISOString();
  expect(Number((await ada.account(id, { at: between })).version)).toBeLessThan(4);
  expect(await ada.account(id, { at: third.updatedAt })).toMatchObject({ balance: '130000' });
  await expect(ada.account(id, { at, version: 3 })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
});

test('everything that happened, who did it and for which request, from either end', async () => {
  const all = await historyOf();
  expect(all.edges.map(({ node }: { node: { type: string } }) => node.type)).toEqual([
    'bank.account_opened',
    ...['bank.money_deposited', 'bank.money_withdrawn', 'bank.money_withdrawn'],
    ...['bank.money_deposited', 'bank.money_withdrawn'],
  ]);
  for (const { node } of all.edges) {
    expect(node).toMatchObject({
      correlationId: expect.any(String),
      actor: null,
      payload: { accountId: id },
    });
  }
  expect(all.pageInfo).toEqual({
    ...{ hasNextPage: false, hasPreviousPage: false },
    ...{ startCursor: all.edges[0].cursor, endCursor: all.edges[5].cursor },
  });

  const first = await historyOf({ first: 2 });
  const second = await historyOf({ first: 3, after: first.pageInfo.endCursor });
  expect([versionsOf(first), versionsOf(second)]).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
  expect(second.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  const last = await historyOf({ last: 2 });
  const before = await historyOf({ last: 9, before: last.pageInfo.startCursor });
  expect([versionsOf(last), versionsOf(before)]).toEqual([
    [5, 6],
    [1, 2, 3, 4],
  ]);
  expect(before.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  expect(versionsOf(await historyOf({ after: last.pageInfo.endCursor }))).toEqual([]);

  for (const wrong of [
    { after: 'x' },
    { before: `${first.pageInfo.endCursor}=` },
    { first: 0 },
    { first: 1, last: 1 },
  ])
    await expect(historyOf(wrong)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
});

test('two writers who have seen the same version: one gets through, the other learns what is current', async () => {
  const { version } = await ada.account(id);
  const movement = { accountId: id, amount: '100', expectedVersion: version };
  const [one, other] = await Promise.allSettled([ada.deposit(movement), ada.withdraw(movement)]);
  const [refused] = [one, other].filter((outcome) => outcome.status === 'rejected');
  expect([one, other].filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  expect(refused!.reason).toMatchObject({
    ...{ code: 'VERSION_CONFLICT', extensions: { currentVersion: version + 1 } },
  });
  expect(await ada.account(id)).toMatchObject({ version: version + 1 });
});

test('a deposit of the first release, which named no currency, reads like one of today', async () => {
  const { version, balance } = await ada.account(id);
  await insertOldDeposit(version + 1, '500');
  expect(await ada.deposit({ accountId: id, amount: '500', description: 'today' })).toMatchObject({
    ...{ version: version + 2, balance: String(BigInt(balance) + 1_000n) },
  });
  const { edges } = await historyOf({ last: 2 });
  const [old, today] = edges.map(({ node }: { node: { payload: object; schemaVersion: number } }) => node);
  expect([old.schemaVersion, today.schemaVersion]).toEqual([1, 2]);
  expect(old.payload).toEqual({ ...today.payload, description: 'of old' });
  expect(today.payload).toMatchObject({ currency: 'EUR' });
});

test('a snapshot is kept at the hundredth event, and changes nothing that is seen', async () => {
  const { version, balance } = await ada.account(id);
  await Promise.all(Array.from({ length: 105 - version }, () => ada.deposit({ accountId: id, amount: '1' })));
  const { pool } = world.database;
  const { rows } = await until(async () => {
    const found = await pool.query('SELECT version, state FROM history_snapshot WHERE aggregate_id = $1', [
      id,
    ]);
    return found.rows.length > 0 && found;
  });
  const atHundred = await ada.account(id, { version: 100 });
  expect(rows).toMatchObject([{ version: 100, state: { status: 'open', balance: atHundred.balance } }]);
  expect(await ada.account(id)).toMatchObject({
    ...{ version: 105, balance: String(BigInt(balance) + BigInt(105 - version)) },
  });
  expect(await ada.account(id, { version: 3 })).toMatchObject({ balance: '130000' });
});

/** As the first release wrote it: version 1 of the event, in the history and in the outbox. */
async function insertOldDeposit(version: number, amount: string): Promise<void> {
  const payload = { accountId: id, amount, description: 'of old' };
  await world.database.pool.query(
    `WITH event AS (SELECT gen_random_uuid() AS id, now() AS at, $3::jsonb AS payload),
          kept AS (
            INSERT INTO history (aggregate_type, aggregate_id, version, event_id, type, schema_version, occurred_at,
                                 correlation_id, payload)
            SELECT 'account', $1, $2, id, 'bank.money_deposited', 1, at, 'old', payload FROM event)
     INSERT INTO outbox (id, topic, type, schema_version, aggregate_type, aggregate_id, aggregate_version, occurred_at,
                         correlation_id, depth, keys, payload)
     SELECT id, 'bank', 'bank.money_deposited', 1, 'account', $1, $2, at, 'old', 0, ARRAY['account:' || $1], payload
       FROM event`,
    [id, version, JSON.stringify(payload)],
  );
}
