import { afterAll, beforeAll, expect, test } from 'vitest';
import { signalChannel } from '../../src/live/signal-channel.ts';
import { openEventStream } from '../support/event-stream.ts';
import { type Subscription, subscribe } from '../support/graphql-client.ts';
import { openAdmin } from '../support/published.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';
import { type Customer, createCustomer, noAccount, settled } from './support.ts';

let world: World;
let ada: Customer;

beforeAll(async () => {
  world = await createWorld();
  const roles = [world.spawn('api'), world.spawn('relay'), world.spawn('worker')] as const;
  await Promise.all([
    roles[0].waitForLog('api.started'),
    roles[1].waitForLog('lease.taken'),
    roles[2].waitForLog('worker.started'),
  ]);
  ada = createCustomer(world.apiUrl);
});
afterAll(() => world[Symbol.asyncDispose]());

const watchAccount = 'subscription ($id: ID!) { account(id: $id) { id balance version status } }';
const watchTransfer = 'subscription ($id: ID!) { transfer(id: $id) { id status reason } }';
const watchActivity = `subscription ($id: ID!, $after: Cursor) {
  accountActivity(accountId: $id, after: $after) { type aggregateVersion payload cursor } }`;
const newest = ({ results }: Pick<Subscription, 'results'>, field: string) => results.at(-1)?.data[field];

test('an account is seen as it is, then after each change, whoever made it', async () => {
  const [one, other] = [await ada.open({ initialDeposit: '1000' }), await ada.open()];
  await using watched = subscribe(world.apiUrl, watchAccount, { id: one.id });
  await using target = openEventStream(world.apiUrl, watchAccount, { variables: { id: other.id } });
  await Promise.all([watched.take(1), target.take(1)]);
  expect(newest(watched, 'account')).toEqual({ id: one.id, balance: '1000', version: 1, status: 'OPEN' });

  await ada.deposit({ accountId: one.id, amount: '5' });
  await until(() => newest(watched, 'account').balance === '1005');
  await ada.withdraw({ accountId: one.id, amount: '5', idempotencyKey: 'with a key too' });
  await until(() => newest(watched, 'account').balance === '1000');
  // the worker's step on the other account is told like a command's
  await ada.transfer(one.id, other.id, '400');
  await until(() => newest(watched, 'account').balance === '600');
  await until(() => newest(target, 'account').balance === '400');
  await ada.close(one.id);
  await until(() => newest(watched, 'account').status === 'CLOSED');
  const versions = watched.results.map(({ data }) => data.account.version);
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
});

test('a transfer is seen until its end', async () => {
  const [from, to] = [await ada.open({ initialDeposit: '1000' }), await ada.open()];
  const { id } = await ada.transfer(from.id, to.id, '1');
  await using watched = subscribe(world.apiUrl, watchTransfer, { id });
  await until(() => newest(watched, 'transfer')?.status === 'COMPLETED');
  expect(newest(watched, 'transfer')).toEqual({ id, status: 'COMPLETED', reason: null });
});

test('commands and the steps of the worker alike tell what has changed, and of nothing else', async () => {
  const [one, other, third] = [
    await ada.open({ initialDeposit: '1000' }),
    await ada.open(),
    await ada.open(),
  ];
  await using admin = openAdmin(world.redis.url);
  const told: string[] = [];
  await admin.psubscribe('aorta:signal:*');
  admin.on('pmessage', (_pattern, channel) => told.push(channel));
  const isTold = (signal: string, about: string) =>
    until(() => told.includes(signalChannel('aorta', signal, about)), {
      message: () => `${signal} ${about} is told; so far ${told}`,
    });

  await ada.deposit({ accountId: one.id, amount: '5' });
  await isTold('account', one.id);
  told.length = 0;
  const sent = await ada.transfer(one.id, other.id, '400');
  await isTold('account', one.id);
  await isTold('account', other.id);
  await settled(ada, sent.id);
  await until(
    () => told.filter((channel) => channel === signalChannel('aorta', 'transfer', sent.id)).length === 2,
  );
  expect(told.some((channel) => channel.includes(third.id))).toBe(false);
});

test('what happens to an account is told in order, each thing once, and goes on from a cursor', async () => {
  const [one, other] = [await ada.open({ initialDeposit: '1000' }), await ada.open()];
  const { head } = await ada.ask('{ head }');
  await using live = subscribe(world.apiUrl, watchActivity, { id: one.id, after: head });
  await ada.deposit({ accountId: one.id, amount: '5', description: 'found' });
  const sent = await ada.transfer(one.id, other.id, '400');
  await settled(ada, sent.id);
  await ada.withdraw({ accountId: one.id, amount: '5' });
  const told = (await live.take(3)).map(({ data }) => data.accountActivity);
  expect(told.map(({ type, aggregateVersion }) => [aggregateVersion, type])).toEqual([
    [2, 'bank.money_deposited'],
    [3, 'bank.transfer_sent'],
    [4, 'bank.money_withdrawn'],
  ]);
  expect(told[0].payload).toEqual({ accountId: one.id, amount: '5', currency: 'EUR', description: 'found' });

  await using again = openEventStream(world.apiUrl, watchActivity, {
    variables: { id: one.id, after: told[0].cursor },
  });
  expect((await again.take(2)).map(({ data }) => data.accountActivity)).toEqual(told.slice(1));
  // the history of the account leads into the log: each of its events says where it is there
  const { accountHistory } = await ada.ask(
    'query ($id: ID!) { accountHistory(id: $id) { edges { node { cursor } } } }',
    { id: one.id },
  );
  const cursors = accountHistory.edges.map(({ node }: { node: { cursor: string } }) => node.cursor);
  expect(cursors.slice(1)).toEqual(told.map(({ cursor }) => cursor));
});

test('what does not exist cannot be watched', async () => {
  for (const [query, id, code = 'NOT_FOUND'] of [
    [watchAccount, noAccount],
    [watchAccount, 'nobody'],
    [watchTransfer, noAccount],
    [watchTransfer, 'a\0b', 'BAD_USER_INPUT'],
  ] as const) {
    await using watched = subscribe(world.apiUrl, query, { id });
    const [refused] = await watched.take(1);
    expect(refused!.errors).toMatchObject([{ extensions: { code } }]);
    await until(() => watched.ended);
  }
});
