import { expect, test } from 'vitest';
import { account } from '../../../src/domains/banking/account.ts';
import { moneyDeposited } from '../../../src/domains/banking/events.ts';
import { fact } from '../../../src/history/aggregate.ts';
import { accounts } from '../../../src/workers/banking/accounts.ts';
import { cause } from '../../streaming/support.ts';
import { until } from '../../support/until.ts';
import { createWorkerWorld, range } from '../../workers/support.ts';
import { openBank, readModels, t0 } from './support.ts';

test('the movements that one request sets off are no storm, however many they are', async () => {
  await using world = await createWorkerWorld();
  const bank = openBank(world.outbox);
  await bank.open('employee');
  const salary = fact(moneyDeposited, {
    ...{ accountId: 'employee', amount: '1', currency: 'EUR', description: null },
  });
  const ofOneRequest = { ...cause, depth: 1, via: ['saga transfer'] };
  for (const _hundred of range(12))
    await bank.history.change(ofOneRequest, account, 'employee', {
      now: t0,
      decide: () => range(100).map(() => salary),
    });
  await world.run(accounts);
  const { summaries } = await until(
    async () => {
      const models = await readModels(world);
      return models.movements.length === 1_200 && models;
    },
    { message: 'all movements are in the read models' },
  );
  expect(summaries).toMatchObject([{ id: 'employee', balance: 1_200, version: 1_201 }]);
  expect((await world.pool.query('SELECT FROM dead_letter')).rowCount).toBe(0);
});
