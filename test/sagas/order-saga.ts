/** A shop's orders: four steps, each on tables of its own. The tests of this folder, and the example of docs/sagas.md. */
import { z } from 'zod';
import type { Tx } from '../../src/outbox/transaction.ts';
import { DomainError } from '../../src/platform/errors.ts';
import { startSaga } from '../../src/sagas/run.ts';
import { defineSaga, type SagaStep } from '../../src/sagas/saga.ts';

// no key of these would refuse what is written twice: that nothing is, is what the saga is for
export const tables = `
  CREATE TABLE shop_order (id text NOT NULL, status text NOT NULL, reason text);
  CREATE TABLE stock (product text PRIMARY KEY, delivered int NOT NULL, free int NOT NULL);
  CREATE TABLE reservation (order_id text NOT NULL, product text NOT NULL, quantity int NOT NULL);
  CREATE TABLE shipment (order_id text NOT NULL, product text NOT NULL, quantity int NOT NULL);
  CREATE TABLE purse (customer text PRIMARY KEY, earned int NOT NULL, balance int NOT NULL, closed boolean NOT NULL DEFAULT false);
  CREATE TABLE payment (order_id text NOT NULL, customer text NOT NULL, amount int NOT NULL);
  CREATE TABLE region (name text PRIMARY KEY, served boolean NOT NULL);`;

export const orderData = z.object({
  product: z.string(),
  quantity: z.int(),
  customer: z.string(),
  total: z.int(),
  region: z.string(),
  /** Known once it is shipped */
  parcel: z.string().optional(),
});
export type Order = z.output<typeof orderData>;

const reserve: SagaStep<Order> = {
  name: 'reserve',
  async do(tx, { id, data }) {
    const { product, quantity } = data;
    const taken = await tx.$executeRaw`
      UPDATE stock SET free = free - ${quantity}::int WHERE product = ${product} AND free >= ${quantity}::int`;
    if (taken === 0) throw new DomainError('OUT_OF_STOCK', `There is not enough ${product}.`);
    await tx.$executeRaw`INSERT INTO reservation VALUES (${id}, ${product}, ${quantity}::int)`;
    return data;
  },
  async undo(tx, { id, data: { product, quantity } }) {
    await tx.$executeRaw`DELETE FROM reservation WHERE order_id = ${id}`;
    await tx.$executeRaw`UPDATE stock SET free = free + ${quantity}::int WHERE product = ${product}`;
  },
};

const charge: SagaStep<Order> = {
  name: 'charge',
  async do(tx, { id, data }) {
    const { customer, total } = data;
    const taken = await tx.$executeRaw`
      UPDATE purse SET balance = balance - ${total}::int
       WHERE customer = ${customer} AND balance >= ${total}::int AND NOT closed`;
    if (taken === 0) throw new DomainError('PAYMENT_REFUSED', `${customer} cannot pay.`);
    await tx.$executeRaw`INSERT INTO payment VALUES (${id}, ${customer}, ${total}::int)`;
    return data;
  },
  async undo(tx, { id, data: { customer, total } }) {
    await tx.$executeRaw`DELETE FROM payment WHERE order_id = ${id}`;
    const paidBack = await tx.$executeRaw`
      UPDATE purse SET balance = balance + ${total}::int WHERE customer = ${customer} AND NOT closed`;
    if (paidBack === 0) throw new DomainError('PURSE_CLOSED', `The purse of ${customer} is closed.`);
  },
};

const ship: SagaStep<Order> = {
  name: 'ship',
  timeoutMs: 3_600_000,
  async do(tx, { id, data }) {
    const { product, quantity, region } = data;
    const served = await tx.$queryRaw<unknown[]>`SELECT FROM region WHERE name = ${region} AND served`;
    if (served.length === 0) throw new DomainError('NOT_SERVED', `Nothing is shipped to ${region}.`);
    await tx.$executeRaw`DELETE FROM reservation WHERE order_id = ${id}`;
    await tx.$executeRaw`INSERT INTO shipment VALUES (${id}, ${product}, ${quantity}::int)`;
    return { ...data, parcel: `parcel of ${id}` };
  },
  async undo(tx, { id, data: { product, quantity } }) {
    await tx.$executeRaw`DELETE FROM shipment WHERE order_id = ${id}`;
    await tx.$executeRaw`INSERT INTO reservation VALUES (${id}, ${product}, ${quantity}::int)`;
  },
};

const confirm: SagaStep<Order> = {
  name: 'confirm',
  async do(tx, { id, data }) {
    const confirmed = await tx.$executeRaw`
      UPDATE shop_order SET status = 'CONFIRMED' WHERE id = ${id} AND status = 'PLACED'`;
    if (confirmed === 0) throw new DomainError('CANCELLED', 'The customer has cancelled the order.');
    return data;
  },
};

export const orderSaga = defineSaga<Order>({
  name: 'order',
  data: orderData,
  steps: [reserve, charge, ship, confirm],
  compensated: (tx, { id }, reason) => setStatus(tx, id, 'REJECTED', reason),
  failed: (tx, { id }, reason) => setStatus(tx, id, 'FAILED', reason),
});

async function setStatus(tx: Tx, id: string, status: string, reason: string): Promise<void> {
  await tx.$executeRaw`UPDATE shop_order SET status = ${status}, reason = ${reason} WHERE id = ${id}`;
}

/** Throws OUT_OF_STOCK; every other refusal comes later, as the order's status. */
export async function placeOrder(
  tx: Tx,
  saga: typeof orderSaga,
  id: string,
  data: Order,
  now: Date,
): Promise<void> {
  await tx.$executeRaw`INSERT INTO shop_order VALUES (${id}, 'PLACED')`;
  await startSaga(tx, saga, { id, data, now });
}
