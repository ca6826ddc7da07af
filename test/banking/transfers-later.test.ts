/** Transfers whose worker comes late: the money is in flight meanwhile, and what has changed by then decides. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { maxMoney } from '../../src/domains/banking/money.ts';
import { createWorld, type World } from '../support/world.ts';
import { type Customer, createCustomer, settled } from './support.ts';

let world: World;
let ada: Customer;

beforeAll(async () => {
  world = await createWorld();
  const [api, relay] = [world.spawn('api'), world.spawn('relay')];
  await Promise.all([api.waitForLog('api.started'), relay.waitForLog('lease.taken')]);
  ada = createCustomer(world.apiUrl);
});
afterAll(() => world[Symbol.asyncDispose]());

test('both accounts are closed, and one is full again, before the money could go on', async () => {
  const [from, full, to] = await Promise.all([
    ada.open({ initialDeposit: '1000' }),
    ada.open({ initialDeposit: String(maxMoney) }),
    ada.open(),
  ]);
  const sent = await ada.transfer(from.id, to.id, '400');
  const back = await ada.transfer(full.id, to.id, '400');
  expect(await ada.deposit({ accountId: full.id, amount: '400' })).toMatchObject({ balance: `${maxMoney}` });
  await ada.close(to.id);
  await ada.close(from.id);
  for (const { id } of [sent, back])
    expect(await ada.transferOf(id)).toMatchObject({ status: 'PENDING', reason: null });
  const statement = ada.ask(`{ accountStatement(id: "${to.id}", month: "2026-11") { closing } }`);
  await expect(statement).rejects.toMatchObject({ code: 'UNAVAILABLE', extensions: { retryable: true } });
  expect(await ada.account(from.id)).toMatchObject({ status: 'CLOSED', balance: '600' });

  await world.spawn('worker').waitForLog('worker.started');
  expect(await settled(ada, sent.id)).toMatchObject({ status: 'REFUNDED' });
  expect(await ada.account(from.id)).toMatchObject({ status: 'CLOSED', balance: '1000' });
  expect(await settled(ada, back.id)).toMatchObject({ status: 'REFUNDED' });
  expect(await ada.account(full.id)).toMatchObject({ balance: `${maxMoney + 400n}` });
});
