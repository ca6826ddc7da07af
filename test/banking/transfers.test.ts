/** Transfers through the public API, with a relay and a worker that takes them to their end. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { maxMoney } from '../../src/domains/banking/money.ts';
import { createWorld, type World } from '../support/world.ts';
import { type Customer, createCustomer, type Refused, settled } from './support.ts';

let world: World;
let ada: Customer;
let worker: ReturnType<World['spawn']>;

beforeAll(async () => {
  world = await createWorld();
  const [api, relay] = [world.spawn('api'), world.spawn('relay')];
  worker = world.spawn('worker');
  await Promise.all([
    api.waitForLog('api.started'),
    relay.waitForLog('lease.taken'),
    worker.waitForLog('worker.started'),
  ]);
  ada = createCustomer(world.apiUrl);
});
afterAll(() => world[Symbol.asyncDispose]());

/** What the two have, once nothing is in flight. */
const balances = (...ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => BigInt((await ada.account(id)).balance)));
const typesOf = async (id: string) => {
  const { accountHistory } = await ada.ask(
    'query ($id: ID!) { accountHistory(id: $id) { edges { node { type correlationId causationId payload } } } }',
    { id },
  );
  return accountHistory.edges.map(({ node }: { node: { type: string } }) => node.type);
};

test('money arrives, and the whole of it is one chain of causes', async () => {
  const [from, to] = [await ada.open({ initialDeposit: '1000' }), await ada.open()];
  const sent = await ada.transfer(from.id, to.id, '400');
  expect(sent).toMatchObject({ fromAccountId: from.id, toAccountId: to.id, amount: '400', currency: 'EUR' });
  expect(sent).toMatchObject({ status: 'PENDING', reason: null });
  expect(await ada.account(from.id)).toMatchObject({ balance: '600' });
  expect(await settled(ada, sent.id)).toMatchObject({ status: 'COMPLETED', reason: null });
  expect(await balances(from.id, to.id)).toEqual([600n, 400n]);
  expect(await typesOf(from.id)).toEqual(['bank.account_opened', 'bank.transfer_sent']);
  expect(await typesOf(to.id)).toEqual(['bank.account_opened', 'bank.transfer_received']);
  const { rows } = await world.database.pool.query(
    `SELECT count(DISTINCT correlation_id)::int AS requests, count(*)::int AS events
       FROM history WHERE payload->>'transferId' = $1`,
    [sent.id],
  );
  expect(rows).toEqual([{ requests: 1, events: 4 }]);
});

test('a statement holds what has just happened', async () => {
  const { id, openedAt } = await ada.open({ initialDeposit: '100' });
  for (let deposits = 0; deposits < 5; deposits += 1) {
    const { accountStatement } = await ada.ask(
      'query ($id: ID!, $month: String!) { accountStatement(id: $id, month: $month) { account { version } closing } }',
      { id, month: openedAt.slice(0, 7) },
    );
    expect(accountStatement).toEqual({ account: { version: 1 + deposits }, closing: String(100 + deposits) });
    await ada.deposit({ accountId: id, amount: '1' });
  }
});

test('of many at once that ask for more than there is, exactly what fits is sent', async () => {
  const from = await ada.open({ initialDeposit: '1000', overdraftLimit: '250' });
  const others = await Promise.all(Array.from({ length: 4 }, () => ada.open()));
  const asked = await Promise.allSettled(
    Array.from({ length: 24 }, (_, n) => ada.transfer(from.id, others[n % 4]!.id, '100')),
  );
  const sent = asked.filter((each) => each.status === 'fulfilled').map(({ value }) => value);
  const refused = asked.filter((each) => each.status === 'rejected').map(({ reason }) => reason as Refused);
  expect(sent).toHaveLength(12);
  expect(refused.map(({ code }) => code)).toEqual(Array(12).fill('INSUFFICIENT_FUNDS'));
  for (const { id } of sent) expect(await settled(ada, id)).toMatchObject({ status: 'COMPLETED' });
  expect(await balances(from.id)).toEqual([-200n]);
  const arrived = await balances(...others.map(({ id }) => id));
  expect(arrived.reduce((sum, each) => sum + each, 0n)).toBe(1_200n);
});

test('there and back at once, no two wait for each other for ever', async () => {
  const [one, other] = await Promise.all([
    ada.open({ initialDeposit: '1000' }),
    ada.open({ initialDeposit: '1000' }),
  ]);
  const sent = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      n % 2 === 0 ? ada.transfer(one.id, other.id, '10') : ada.transfer(other.id, one.id, '10'),
    ),
  );
  for (const { id } of sent) expect(await settled(ada, id)).toMatchObject({ status: 'COMPLETED' });
  expect(await balances(one.id, other.id)).toEqual([1_000n, 1_000n]);
});

test('the same key again sends nothing more, and gives the first answer', async () => {
  const [from, to] = [await ada.open({ initialDeposit: '1000' }), await ada.open()];
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => ada.transfer(from.id, to.id, '10', 'six times')),
  );
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  await settled(ada, answers[0]!.id);
  expect(await ada.transfer(from.id, to.id, '10', 'six times')).toEqual(answers[0]);
  expect(await balances(from.id, to.id)).toEqual([990n, 10n]);
});

test('what is wrong with one is told at once', async () => {
  const [from, to, yen] = [await ada.open(), await ada.open(), await ada.open({ currency: 'JPY' })];
  for (const [other, amount, code] of [
    [to.id, '1', 'INSUFFICIENT_FUNDS'],
    [yen.id, '1', 'CURRENCY_MISMATCH'],
    [from.id, '1', 'BAD_USER_INPUT'],
    [to.id, '1.5', 'BAD_USER_INPUT'],
    ['nobody', '1', 'NOT_FOUND'],
  ] as const)
    await expect(ada.transfer(from.id, other, amount)).rejects.toMatchObject({ code });
  expect(await ada.ask('{ transfer(id: "nobody") { id } }')).toEqual({ transfer: null });
});

test('money to a closed account comes back, and the transfer says why', async () => {
  const [from, to] = [await ada.open({ initialDeposit: '1000' }), await ada.open()];
  await ada.close(to.id);
  const sent = await ada.transfer(from.id, to.id, '400');
  const { status, reason } = await settled(ada, sent.id);
  expect({ status, reason }).toEqual({ status: 'REFUNDED', reason: `Account "${to.id}" is closed.` });
  expect(await balances(from.id, to.id)).toEqual([1_000n, 0n]);
  expect(await typesOf(from.id)).toEqual([
    ...['bank.account_opened', 'bank.transfer_sent', 'bank.transfer_returned'],
  ]);
});

test('money that is more than the other can hold comes back too', async () => {
  const [from, to] = [
    await ada.open({ initialDeposit: '10' }),
    await ada.open({ initialDeposit: `${maxMoney}` }),
  ];
  const sent = await ada.transfer(from.id, to.id, '1');
  expect(await settled(ada, sent.id)).toMatchObject({ status: 'REFUNDED' });
  expect(await balances(from.id, to.id)).toEqual([10n, maxMoney]);
});
