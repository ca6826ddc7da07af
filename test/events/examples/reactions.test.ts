import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../../src/platform/logger.ts';
import type { Database } from '../../../src/platform/postgres.ts';
import { callHandler, noCause } from '../../../src/workers/call-handler.ts';
import { inLog, openOutbox, react, recordedEvents, t0 } from '../../streaming/support.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { makeTables } from '../../support/own-tables.ts';
import { loyalty, orderBook, receipts, sales } from './reactions.ts';
import { orderCancelled, orderPlaced } from './shop-events.ts';

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = testDatabase.database;
  await makeTables(
    database.pool,
    `
    CREATE TABLE receipt (order_id text PRIMARY KEY, total int NOT NULL);
    CREATE TABLE open_order (order_id text PRIMARY KEY, total int NOT NULL);
    CREATE TABLE loyalty (user_id text PRIMARY KEY, points int NOT NULL);
    CREATE TABLE sales_of_day (day date PRIMARY KEY, orders bigint NOT NULL)`,
  );
});
afterAll(() => testDatabase.drop());
const rows = async (sql: string) => (await database.pool.query(sql)).rows;

test('every order gets a receipt, and the receipt is announced', async () => {
  const payload = { orderId: 'o1', userId: 'ann', total: 4_900 };
  const order = inLog(orderPlaced.of({ aggregateId: 'o1', aggregateVersion: 1, occurredAt: t0, payload }), 1);
  await react(openOutbox(database), receipts, [order]);
  expect(await rows('SELECT order_id, total FROM receipt')).toEqual([{ order_id: 'o1', total: 4_900 }]);
  expect(await recordedEvents(database)).toMatchObject([
    { type: 'shop.receipt_issued', causationId: order.id, keys: ['user:ann'] },
  ]);
});

test('an order that is cancelled is no longer open, and counts no more', async () => {
  const head = { aggregateVersion: 1, occurredAt: t0 };
  const place = (orderId: string) =>
    orderPlaced.of({ ...head, aggregateId: orderId, payload: { orderId, userId: 'ann', total: 100 } });
  const cancelled = orderCancelled.of({
    ...head,
    aggregateId: 'o2',
    payload: { orderId: 'o2', userId: 'ann' },
  });
  const events = [place('o2'), place('o3'), cancelled].map((event, index) => inLog(event, index + 2));
  for (const reaction of [orderBook, sales]) await react(openOutbox(database), reaction, events);
  expect(await rows('SELECT order_id FROM open_order')).toEqual([{ order_id: 'o3' }]);
  expect(await rows('SELECT day::text, orders::int FROM sales_of_day')).toEqual([
    { day: '2026-03-01', orders: 1 },
  ]);
});

test('points are given for every order of a batch', async () => {
  const orders = ['ann', 'ben', 'ann'].map((userId, index) => {
    const payload = { orderId: `o${index}`, userId, total: 350 };
    return inLog(
      orderPlaced.of({ aggregateId: `o${index}`, aggregateVersion: 1, occurredAt: t0, payload }),
      index + 1,
    );
  });
  const context = { signal: AbortSignal.timeout(10_000), logger: createLogger('test', 'silent') };
  for (const batch of [orders, orders.slice(0, 2)]) {
    await openOutbox(database).transaction(noCause, (tx) =>
      callHandler(loyalty, tx, batch as never, context),
    );
  }
  expect(await rows('SELECT user_id, points FROM loyalty ORDER BY 1')).toEqual([
    { user_id: 'ann', points: 9 },
    { user_id: 'ben', points: 6 },
  ]);
});
