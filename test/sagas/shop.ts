/** A shop whose orders are taken from step to step by worker processes, behind a real relay. */
import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import { requestCause } from '../../src/events/envelope.ts';
import { registerEventTypes } from '../../src/outbox/event-types.ts';
import { createOutbox } from '../../src/outbox/transaction.ts';
import { makeTables } from '../support/own-tables.ts';
import type { RoleProcess } from '../support/role-process.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';
import { patient, spawnWorker, type WorkerProcess } from '../workers/processes/worker-process.ts';
import { type Order, orderSaga, placeOrder, tables } from './order-saga.ts';
import { type Trouble, watch, watchTables } from './watched.ts';

export interface Shop extends AsyncDisposable {
  readonly world: World;
  readonly pool: Pool;
  readonly relay: RoleProcess;
  spawnWorker(): WorkerProcess;
  /**
   * Places an order that can be carried out, but for what is given. Its correlation id, its product and its customer
   * are its own: they are called like it.
   */
  place(id: string, order?: Partial<Order>): Promise<void>;
  /** What is to happen to the steps of an order that comes: `charge`, `undo charge`, … */
  prepare(id: string, what: string, kind: Trouble): Promise<void>;
  /** From now on it works. */
  mend(id: string): Promise<void>;
  /** Waits until the order's status is one of these, and gives what was taken for it, in order. */
  taken(id: string, ...statuses: readonly string[]): Promise<readonly string[]>;
  order(id: string): Promise<{ status: string; reason: string | null }>;
  saga(id: string): Promise<{ status: string; step: string | null; done: string[]; reason: string | null }>;
  /** What is neither free nor reserved nor shipped, neither in a purse nor paid: read in one statement. */
  unaccounted(): Promise<{ goods: number; money: number }>;
}

/** What each order has of its product, and its customer of money; `common` and `ann` have plenty. */
export const stocked = 10;
export const money = 100;

const compiled = fileURLToPath(new URL('../../node_modules/.cache/aorta-workers', import.meta.url));
const quick = { NODE_COMPILE_CACHE: compiled, WORKER_LOCK_MS: '500', DATABASE_CONNECTIONS: '30' };
const reactions = new URL('order-reactions.ts', import.meta.url);
const saga = watch(orderSaga);

export async function openShop(env: Readonly<Record<string, string>> = {}): Promise<Shop> {
  await using setup = new AsyncDisposableStack();
  const world = setup.use(await createWorld());
  const { pool, prisma } = world.database;
  await makeTables(pool, `${tables} ${watchTables}`);
  await pool.query(
    `INSERT INTO region VALUES ('mainland', true), ('moon', false);
     INSERT INTO stock VALUES ('common', 1000, 1000);
     INSERT INTO purse VALUES ('ann', 1000, 1000)`,
  );
  await registerEventTypes(pool, [orderSaga.stepDue.type]);
  const outbox = createOutbox({ prisma, pool, nudge: () => {} });
  const relay = world.spawn('relay', { env: { ...quick, ...env } });
  await relay.waitForLog('lease.taken');
  const workers: WorkerProcess[] = [];
  setup.defer(async () => {
    await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
  });
  const owned = setup.move();
  const one = async <Row extends object>(sql: string, ...values: readonly unknown[]) =>
    (await pool.query<Row>(sql, [...values])).rows[0]!;
  return {
    world,
    pool,
    relay,
    spawnWorker() {
      const worker = spawnWorker(reactions, { ...world.env, ...quick, ...env });
      workers.push(worker);
      return worker;
    },
    async place(id, order = {}) {
      await pool.query('INSERT INTO stock VALUES ($1, $2, $2) ON CONFLICT DO NOTHING', [id, stocked]);
      await pool.query('INSERT INTO purse VALUES ($1, $2, $2) ON CONFLICT DO NOTHING', [id, money]);
      const whole = { product: id, quantity: 3, customer: id, total: 5, region: 'mainland', ...order };
      await outbox.transaction(requestCause(id), (tx) => placeOrder(tx, saga, id, whole, new Date()));
    },
    async prepare(id, what, kind) {
      await pool.query('INSERT INTO trouble (order_id, what, kind) VALUES ($1, $2, $3)', [id, what, kind]);
    },
    async mend(id) {
      await pool.query('DELETE FROM trouble WHERE order_id = $1', [id]);
    },
    async taken(id, ...statuses) {
      let status: string | undefined;
      await until(
        async () => {
          status = (await one<{ status: string }>('SELECT status FROM shop_order WHERE id = $1', id)).status;
          return statuses.includes(status);
        },
        { timeoutMs: patient, message: () => `order ${id} is ${statuses.join(' or ')}; it is ${status}` },
      );
      const { rows } = await pool.query<{ what: string }>(
        'SELECT what FROM taken WHERE order_id = $1 ORDER BY place',
        [id],
      );
      return rows.map(({ what }) => what);
    },
    order: (id) => one('SELECT status, reason FROM shop_order WHERE id = $1', id),
    saga: (id) => one("SELECT status, step, done, reason FROM saga WHERE saga = 'order' AND id = $1", id),
    unaccounted: () =>
      one(`SELECT (SELECT sum(delivered - free) FROM stock) - (SELECT coalesce(sum(quantity), 0) FROM reservation)
                    - (SELECT coalesce(sum(quantity), 0) FROM shipment) AS goods,
                  (SELECT sum(earned - balance) FROM purse) - (SELECT coalesce(sum(amount), 0) FROM payment) AS money`),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
