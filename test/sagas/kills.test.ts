import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { redrive } from '../../src/operations/dead-letter-actions.ts';
import { healthUrl, series } from '../support/role-health.ts';
import { runCommand } from '../support/run-command.ts';
import { twice } from '../support/twice/environment.ts';
import { readReport } from '../support/twice/report.ts';
import { until } from '../support/until.ts';
import { startCrew } from '../workers/processes/crew.ts';
import { patient } from '../workers/processes/worker-process.ts';
import { openShop, type Shop } from './shop.ts';
import type { Trouble } from './watched.ts';

const there = ['charge', 'ship', 'confirm'];
const back = ['undo ship', 'undo charge', 'undo reserve'];

test(
  'a worker that is killed before, within or right after the transaction of any step leaves it done once; nothing is ever gone or doubled',
  async () => {
    await using shop = await openShop();
    await using watching = watchAccounts(shop);
    const held = await placeAtEveryStep(shop, 'waits when begun', 'waits when written');
    const first = shop.spawnWorker();
    await untilNone(shop, 'trouble WHERE NOT met', 'a worker is at every step, before it writes and after');
    await first.kill('SIGKILL');
    await shop.pool.query('DELETE FROM trouble');

    const struck = await placeAtEveryStep(shop, 'crashes once committed');
    await using crew = startCrew(2, () => shop.spawnWorker());
    await untilNone(shop, 'trouble', 'a worker has crashed after every step');
    for (const { id, isUndone } of [...held, ...struck]) {
      const taken = await shop.taken(id, isUndone ? 'REJECTED' : 'CONFIRMED');
      expect(taken, id).toEqual(
        isUndone ? ['reserve', 'charge', 'ship', ...back, 'compensated'] : ['reserve', ...there, 'completed'],
      );
    }
    expect(crew.restarts).toBeGreaterThan(0);
    expect((await shop.pool.query('SELECT FROM dead_letter')).rowCount).toBe(0);
    const { rows } = await shop.pool.query(
      `SELECT (SELECT sum(quantity) FROM shipment) AS shipped, (SELECT sum(amount) FROM payment) AS paid,
              (SELECT count(*) FROM reservation) AS reserved`,
    );
    expect(rows, 'nine orders are carried out').toEqual([{ shipped: 9 * 3, paid: 9 * 5, reserved: 0 }]);
    expect(watching.seen).toEqual([{ goods: 0, money: 0 }]);
  },
  15 * patient,
);

/** Places an order for each step, there and back, and each of these troubles, which befalls it there. */
async function placeAtEveryStep(shop: Shop, ...troubles: readonly Trouble[]) {
  const orders = [...there, ...back].flatMap((what) =>
    troubles.map((trouble) => ({ id: `${what} ${trouble}`, what, trouble, isUndone: back.includes(what) })),
  );
  for (const { id, what, trouble, isUndone } of orders) {
    await shop.prepare(id, what, trouble);
    await shop.place(id);
    // then its last step refuses
    if (isUndone) await shop.pool.query("UPDATE shop_order SET status = 'CANCELLED' WHERE id = $1", [id]);
  }
  return orders;
}

const untilNone = (shop: Shop, rows: string, message: string) =>
  until(async () => (await shop.pool.query(`SELECT FROM ${rows}`)).rowCount === 0, {
    timeoutMs: patient,
    message,
  });

/** Reads what is unaccounted for again and again, and keeps each answer that differs from the one before. */
function watchAccounts(shop: Shop): AsyncDisposable & { readonly seen: readonly object[] } {
  const seen: object[] = [];
  let isOver = false;
  const watching = until(
    async () => {
      const found = await shop.unaccounted();
      if (!isDeepStrictEqual(found, seen.at(-1))) seen.push(found);
      return isOver;
    },
    { timeoutMs: Number.POSITIVE_INFINITY, retryThrows: false },
  );
  return {
    seen,
    async [Symbol.asyncDispose]() {
      isOver = true;
      await watching;
    },
  };
}

test(
  'a step that ends every process is given up as a dead letter, which operators see beside the saga; redriven it goes on',
  async () => {
    await using shop = await openShop({ STARTS: '1' });
    await shop.prepare('cursed', 'ship', 'crashes');
    await shop.place('cursed');
    await using _crew = startCrew(2, () => shop.spawnWorker());
    const list = async () => JSON.parse((await sagas(shop, 'list', '--json')).stdout);
    const [letter] = await until(
      async () => {
        const { rows } = await shop.pool.query<{ id: string; error: string }>(
          'SELECT id, error FROM dead_letter',
        );
        return rows.length > 0 && rows;
      },
      { timeoutMs: patient, message: 'the step is given up' },
    );
    expect(letter!.error).toMatch(/^CRASHES: its worker ended 1 times/);
    expect(await list()).toMatchObject([
      { saga: 'order', id: 'cursed', status: 'RUNNING', step: 'ship', deadLetter: letter!.id },
    ]);
    const metrics = await healthUrl(shop.relay);
    expect(await series(metrics, 'aorta_sagas')).toEqual({ 'saga="order",status="RUNNING"': 1 });
    expect(await series(metrics, 'aorta_sagas_oldest_seconds')).toEqual({
      'saga="order",status="RUNNING"': expect.any(Number),
    });
    expect(JSON.parse((await sagas(shop, 'show', 'cursed')).stdout)).toMatchObject({
      done: ['reserve', 'charge'],
      correlationId: 'cursed',
      data: { product: 'cursed' },
    });

    await shop.mend('cursed');
    await redrive(shop.pool, { ids: [letter!.id] });
    expect(await shop.taken('cursed', 'CONFIRMED')).toEqual(['reserve', ...there, 'completed']);
    expect(await list()).toEqual([]);
    expect(await sagas(shop, 'show', 'nobody')).toMatchObject({
      code: 1,
      stderr: 'there is no saga nobody\n',
    });
  },
  15 * patient,
);

const sagas = (shop: Shop, ...args: readonly string[]) =>
  runCommand('commands/sagas.ts', args, shop.world.env);

test('sagas whose events are all delivered twice, to two workers, take each step once', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'aorta-sagas-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true }));
  const report = path.join(folder, 'report');
  const shop = stack.use(await openShop(twice(report)));
  for (const worker of [shop.spawnWorker(), shop.spawnWorker()]) await worker.waitForLog('worker.started');
  const numbers = Array.from({ length: 20 }, (_, n) => n);
  const regionOf = (n: number) => (n % 2 === 0 ? 'mainland' : 'moon');
  await Promise.all(numbers.map((n) => shop.place(`order-${n}`, { region: regionOf(n) })));
  for (const n of numbers) {
    const taken = await shop.taken(`order-${n}`, 'CONFIRMED', 'REJECTED');
    expect(taken).toEqual(
      n % 2 === 0
        ? ['reserve', ...there, 'completed']
        : ['reserve', 'charge', 'undo charge', 'undo reserve', 'compensated'],
    );
  }
  await until(() => readReport(report).filter(({ done }) => done === 'ran').length >= 2 * 70, {
    message: 'each of the 70 steps was run twice, by the first job and by the second',
  });
  expect(readReport(report).filter(({ done }) => done === 'harm')).toEqual([]);
  expect((await shop.pool.query('SELECT FROM taken')).rowCount).toBe(10 * 5 + 10 * 5);
});
