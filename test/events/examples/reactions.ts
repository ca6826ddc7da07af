/** The reactions of docs/reactions.md. */
import type { EventOf } from '../../../src/events/define-event.ts';
import { matching } from '../../../src/events/patterns.ts';
import { createBreaker } from '../../../src/workers/breaker.ts';
import { PermanentError, WaitError } from '../../../src/workers/errors.ts';
import { processor, queueReaction } from '../../../src/workers/reaction.ts';
import { orderCancelled, orderPlaced, receiptIssued, shopEvents } from './shop-events.ts';

export const receipts = queueReaction({
  name: 'receipts', // for ever: its inbox is kept under this name
  about: 'writes a receipt for every order',
  events: [orderPlaced],
  async handle(tx, event, { record, now }) {
    const { orderId, userId, total } = event.payload;
    await tx.$executeRaw`INSERT INTO receipt (order_id, total) VALUES (${orderId}, ${total})`;
    record(
      receiptIssued.of({
        aggregateId: orderId,
        aggregateVersion: 1,
        occurredAt: now,
        payload: { orderId, userId },
      }),
    );
  },
});

export const orderBook = queueReaction({
  name: 'order-book',
  events: matching(shopEvents, 'shop.order_placed', 'shop.order_cancelled'), // or 'shop.*'
  ordered: { by: 'aggregate' },
  async handle(tx, event) {
    const { orderId } = event.payload;
    switch (event.type) {
      case 'shop.order_placed':
        await tx.$executeRaw`INSERT INTO open_order (order_id, total) VALUES (${orderId}, ${event.payload.total})`;
        return;
      case 'shop.order_cancelled':
        await tx.$executeRaw`DELETE FROM open_order WHERE order_id = ${orderId}`;
        return;
      default:
        event satisfies never;
    }
  },
});

export const loyalty = queueReaction({
  name: 'loyalty',
  events: [orderPlaced],
  batchSize: 200,
  async handleBatch(tx, events) {
    const orders = JSON.stringify(events.map((event) => event.payload));
    await tx.$executeRaw`
      INSERT INTO loyalty (user_id, points)
      SELECT "userId", sum(total / 100) FROM jsonb_to_recordset(${orders}::jsonb) AS o ("userId" text, total int)
       GROUP BY 1 ORDER BY 1
      ON CONFLICT (user_id) DO UPDATE SET points = loyalty.points + excluded.points`;
  },
});

const bank = createBreaker({ name: 'bank', failures: { inARow: 5 }, openMs: 30_000 });

export const charges = queueReaction({
  name: 'charges',
  events: [orderPlaced],
  retry: { attempts: 8, firstMs: 1_000 },
  rateLimit: { max: 50, perMs: 1_000 },
  async handle(tx, event, context) {
    const chargeId = await bank.call(context, (signal) => charge(event, signal));
    await tx.$executeRaw`INSERT INTO charge (id, order_id) VALUES (${chargeId}, ${event.payload.orderId})`;
  },
});

async function charge({ id, payload }: EventOf<typeof orderPlaced>, signal: AbortSignal): Promise<string> {
  const response = await fetch('https://bank.example/charges', {
    method: 'POST',
    headers: { 'idempotency-key': id }, // it may be called again: see "What once means"
    body: JSON.stringify({ amount: payload.total, user: payload.userId }),
    signal,
  });
  if (response.status === 422) throw new PermanentError('the bank refuses the charge');
  if (response.status === 429) throw new WaitError('the bank asks for patience', 5_000);
  if (!response.ok) throw new Error(`the bank answered ${response.status}`);
  return response.text();
}

export const sales = processor({
  name: 'sales',
  events: [orderPlaced, orderCancelled],
  tables: ['sales_of_day'],
  async handle(tx, events) {
    const orders = events.map(({ type, occurredAt }) => ({
      day: occurredAt.slice(0, 10),
      placed: type === 'shop.order_placed' ? 1 : -1,
    }));
    await tx.$executeRaw`
      INSERT INTO sales_of_day (day, orders)
      SELECT day, sum(placed) FROM jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) AS o (day date, placed int)
       GROUP BY 1 ORDER BY 1
      ON CONFLICT (day) DO UPDATE SET orders = sales_of_day.orders + excluded.orders`;
  },
});
