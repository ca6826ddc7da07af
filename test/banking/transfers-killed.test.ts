/** Processes that are killed in the middle of a transfer's transactions: each step is done once, and nothing is lost. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, type World } from '../support/world.ts';
import { type Customer, createCustomer, holdAccount, settled } from './support.ts';

let world: World;
let api: ReturnType<World['spawn']>;
let ada: Customer;

const startApi = async () => {
  api = world.spawn('api');
  await api.waitForLog('api.started');
};
const startWorker = async () => {
  const worker = world.spawn('worker', { env: { WORKER_LOCK_MS: '1000' } });
  await worker.waitForLog('worker.started');
  return worker;
};

beforeAll(async () => {
  world = await createWorld();
  await Promise.all([startApi(), world.spawn('relay').waitForLog('lease.taken')]);
  ada = createCustomer(world.apiUrl);
});
afterAll(() => world[Symbol.asyncDispose]());

const balances = (...accounts: readonly { readonly id: string }[]) =>
  Promise.all(accounts.map(async ({ id }) => (await ada.account(id)).balance));
const typesOf = async (transferId: string) => {
  const { rows } = await world.database.pool.query<{ type: string }>(
    `SELECT type FROM history WHERE payload->>'transferId' = $1 ORDER BY occurred_at, event_id`,
    [transferId],
  );
  return rows.map(({ type }) => type);
};

test('the api dies before it has committed: nothing has begun, and the same key again sends the money once', async () => {
  const [from, to] = [await ada.open({ initialDeposit: '1000' }), await ada.open()];
  const asking = () => ada.transfer(from.id, to.id, '400', 'sent in vain');
  {
    await using held = await holdAccount(world.database, from.id);
    const asked = asking();
    asked.catch(() => {}); // looked at below
    await held.isWaitedFor();
    await api.kill();
    await expect(asked).rejects.toThrow();
  }
  await startApi();
  expect(await balances(from, to)).toEqual(['1000', '0']);
  const sent = await asking();
  expect(await asking()).toEqual(sent);
  expect(await balances(from, to)).toEqual(['600', '0']);
});

test('a worker dies while it gives the money to the one, or back to the other: the next one does it, once', async () => {
  const [from, to] = [await ada.open({ initialDeposit: '1000' }), await ada.open()];
  const [giver, closed] = [await ada.open({ initialDeposit: '1000' }), await ada.open()];
  await ada.close(closed.id);
  const sent = await ada.transfer(from.id, to.id, '400');
  const returned = await ada.transfer(giver.id, closed.id, '400');
  {
    await using receiving = await holdAccount(world.database, to.id);
    await using returning = await holdAccount(world.database, giver.id);
    const first = await startWorker();
    await Promise.all([receiving.isWaitedFor(), returning.isWaitedFor()]);
    await first.kill();
  }
  for (const { id } of [sent, returned])
    expect(await ada.transferOf(id)).toMatchObject({ status: 'PENDING' });
  expect(await balances(from, to, giver, closed)).toEqual(['600', '0', '600', '0']);

  await startWorker();
  expect(await settled(ada, sent.id)).toMatchObject({ status: 'COMPLETED' });
  expect(await settled(ada, returned.id)).toMatchObject({ status: 'REFUNDED' });
  expect(await balances(from, to, giver, closed)).toEqual(['600', '400', '1000', '0']);
  const begun = ['bank.transfer_sent', 'bank.transfer_started'];
  expect(await typesOf(sent.id)).toEqual([...begun, 'bank.transfer_received', 'bank.transfer_completed']);
  expect(await typesOf(returned.id)).toEqual([...begun, 'bank.transfer_returned', 'bank.transfer_refunded']);
});
