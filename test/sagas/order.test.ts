import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { patient, type WorkerProcess } from '../workers/processes/worker-process.ts';
import { money, openShop, type Shop, stocked } from './shop.ts';

let shop: Shop;
let workers: readonly WorkerProcess[];

beforeAll(async () => {
  shop = await openShop();
  workers = [shop.spawnWorker(), shop.spawnWorker()];
  await Promise.all(workers.map((worker) => worker.waitForLog('worker.started')));
});
afterAll(() => shop[Symbol.asyncDispose]());

const allSteps = ['reserve', 'charge', 'ship', 'confirm'];

test('an order whose steps all succeed is completed, each step done once and in order', async () => {
  await shop.place('a');
  expect(await shop.taken('a', 'CONFIRMED')).toEqual([...allSteps, 'completed']);
  expect(await shop.saga('a')).toEqual({ status: 'COMPLETED', step: null, done: allSteps, reason: null });
  const { rows } = await shop.pool.query("SELECT data->>'parcel' AS parcel FROM saga WHERE id = 'a'");
  expect(rows, 'what a step gives is kept').toEqual([{ parcel: 'parcel of a' }]);
});

describe('a step that refuses has those before it undone, the last one first, and nothing else:', () => {
  test('the first one, so that nothing has begun', async () => {
    await expect(shop.place('too-many', { quantity: stocked + 1 })).rejects.toThrow(
      'There is not enough too-many.',
    );
    const { rows } = await shop.pool.query(
      `SELECT FROM saga WHERE id = 'too-many' UNION ALL SELECT FROM taken WHERE order_id = 'too-many'
       UNION ALL SELECT FROM shop_order WHERE id = 'too-many'`,
    );
    expect(rows).toEqual([]);
  });

  test.each([
    { at: 'charge', order: { total: money + 1 }, reason: 'refused-at-charge cannot pay.' },
    { at: 'ship', order: { region: 'moon' }, reason: 'Nothing is shipped to moon.' },
    { at: 'confirm', order: {}, reason: 'The customer has cancelled the order.' },
  ])('$at', async ({ at, order, reason }) => {
    const id = `refused-at-${at}`;
    // cancelled while it is shipped: the step before last is held up for as long
    if (at === 'confirm') await shop.prepare(id, 'ship', 'fails');
    await shop.place(id, order);
    if (at === 'confirm') {
      await shop.pool.query("UPDATE shop_order SET status = 'CANCELLED' WHERE id = $1", [id]);
      await shop.mend(id);
    }
    const done = allSteps.slice(0, allSteps.indexOf(at));
    expect(await shop.taken(id, 'REJECTED')).toEqual([
      ...done,
      ...done.toReversed().map((step) => `undo ${step}`),
      'compensated',
    ]);
    expect(await shop.order(id)).toEqual({ status: 'REJECTED', reason });
    expect(await shop.saga(id)).toEqual({ status: 'COMPENSATED', step: null, done: [], reason });
    for (const table of ['reservation', 'shipment', 'payment']) {
      const { rows } = await shop.pool.query(`SELECT FROM ${table} WHERE order_id = $1`, [id]);
      expect(rows, `${table} of ${id}`).toEqual([]);
    }
  });
});

test('a step that is not done in time is not tried any more: those before it are undone', async () => {
  await shop.prepare('late', 'ship', 'fails');
  await shop.place('late');
  await untilTriedTwice('late');
  await shop.pool.query("UPDATE saga SET deadline = now() WHERE id = 'late'");
  expect(await shop.taken('late', 'REJECTED')).toEqual([
    'reserve',
    'charge',
    'undo charge',
    'undo reserve',
    'compensated',
  ]);
  expect((await shop.order('late')).reason).toBe('ship was not done in time');
});

test('an error that is no refusal is tried again until it is gone, there and back', async () => {
  await shop.prepare('unlucky', 'charge', 'fails');
  await shop.prepare('unlucky', 'undo charge', 'fails');
  await shop.place('unlucky', { region: 'moon' });
  await untilTriedTwice('unlucky');
  await shop.pool.query("DELETE FROM trouble WHERE order_id = 'unlucky' AND what = 'charge'");
  await until(async () => (await shop.saga('unlucky')).status === 'COMPENSATING', { timeoutMs: patient });
  await untilTriedTwice('unlucky');
  await shop.mend('unlucky');
  expect(await shop.taken('unlucky', 'REJECTED')).toEqual([
    'reserve',
    'charge',
    'undo charge',
    'undo reserve',
    'compensated',
  ]);
});

test('a saga one of whose steps refuses to be undone has failed, with both reasons, and is told so once', async () => {
  await shop.prepare('stuck', 'ship', 'fails');
  await shop.place('stuck', { region: 'moon' });
  await until(async () => (await shop.saga('stuck')).step === 'ship', { timeoutMs: patient });
  await shop.pool.query("UPDATE purse SET closed = true WHERE customer = 'stuck'");
  await shop.mend('stuck');
  expect(await shop.taken('stuck', 'FAILED')).toEqual(['reserve', 'charge', 'failed']);
  const reason = 'Nothing is shipped to moon.; charge could not be undone: The purse of stuck is closed.';
  expect(await shop.order('stuck')).toEqual({ status: 'FAILED', reason });
  expect(await shop.saga('stuck')).toEqual({
    status: 'FAILED',
    step: 'charge',
    done: ['reserve', 'charge'],
    reason,
  });
  const { rows } = await shop.pool.query("SELECT amount FROM payment WHERE order_id = 'stuck'");
  expect(rows, 'nothing of the refused undoing is done').toEqual([{ amount: 5 }]);
});

test('a saga is not started twice, neither later nor at once', async () => {
  await shop.place('again');
  await expect(shop.place('again')).rejects.toThrow('there is a saga "order" with the id "again"');
  const both = await Promise.allSettled([shop.place('twins'), shop.place('twins')]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  for (const id of ['again', 'twins']) {
    expect(await shop.taken(id, 'CONFIRMED')).toEqual([...allSteps, 'completed']);
  }
});

test('two workers share the sagas, and each step is one’s', async () => {
  const ids = Array.from({ length: 60 }, (_, n) => `shared-${n}`);
  await Promise.all(ids.map((id) => shop.place(id, { product: 'common', customer: 'ann' })));
  for (const id of ids) expect(await shop.taken(id, 'CONFIRMED')).toEqual([...allSteps, 'completed']);
  const { rows } = await shop.pool.query<{ pid: number }>(
    "SELECT DISTINCT pid FROM taken WHERE order_id LIKE 'shared-%' AND what <> 'reserve'",
  );
  expect(rows.map(({ pid }) => pid).toSorted()).toEqual(workers.map(({ pid }) => pid).toSorted());
});

/** Waits until the step of the order that is due was tried twice. */
async function untilTriedTwice(id: string): Promise<void> {
  await until(
    async () => {
      const { rows } = await shop.pool.query<{ due: string }>(
        `SELECT outbox.id AS due FROM outbox JOIN saga ON saga.id = aggregate_id AND saga.version = aggregate_version
          WHERE aggregate_type = 'order-saga' AND saga.id = $1`,
        [id],
      );
      const lines = workers.flatMap(({ logs }) => logs);
      const failures = lines.filter(
        ({ msg, eventId }) => msg === 'worker.failed' && eventId === rows[0]?.due,
      );
      return failures.length >= 2;
    },
    { timeoutMs: patient, message: `the step of ${id} that is due has failed twice` },
  );
}
