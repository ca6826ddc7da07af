import { expect, test } from 'vitest';
import { account } from '../../../src/domains/banking/account.ts';
import { createBankAudit } from '../../../src/domains/banking/audit.ts';
import { accountEvents, moneyDeposited } from '../../../src/domains/banking/events.ts';
import { fact } from '../../../src/history/aggregate.ts';
import type { Finding } from '../../../src/history/audit.ts';
import { auditStore } from '../../../src/history/audit-store.ts';
import {
  closePartitions,
  defaultRetention,
  dropPartition,
  findExpired,
} from '../../../src/outbox/retention.ts';
import { accounts } from '../../../src/workers/banking/accounts.ts';
import { processor } from '../../../src/workers/reaction.ts';
import { passDays, shrinkFirstPartition } from '../../outbox/retention-support.ts';
import { cause } from '../../streaming/support.ts';
import { until } from '../../support/until.ts';
import { leftovers, readSlowly, rebuild, startRebuild } from '../../workers/rebuild-support.ts';
import { createWorkerWorld, range, type WorkerWorld } from '../../workers/support.ts';
import { type Bank, openBank, readModels, t0 } from './support.ts';

/** A world whose outbox lets go of its first ten positions when the test says so. */
async function createBankWorld(): Promise<{ world: WorkerWorld; bank: Bank }> {
  const world = await createWorkerWorld();
  await shrinkFirstPartition(world.pool);
  return { world, bank: openBank(world.outbox) };
}

async function dropFirstEvents({ pool }: WorkerWorld) {
  await until(
    async () => {
      await closePartitions(pool);
      await passDays(pool, 100);
      const expired = await findExpired(pool, defaultRetention);
      return expired?.name === 'outbox_p0' && (await dropPartition(pool, expired)) === 'dropped';
    },
    { message: 'retention drops the first events' },
  );
}

/** Several deposits in one change. */
const depositOften = (bank: Bank, accountId: string, count: number) =>
  bank.history.change(cause, account, accountId, {
    now: t0,
    decide: () =>
      range(count).map(() =>
        fact(moneyDeposited, { accountId, amount: '1', currency: 'EUR', description: null }),
      ),
  });

async function audit({ pool }: WorkerWorld) {
  const bank = createBankAudit();
  const findings: Finding[] = [];
  for await (const finding of auditStore(pool, [bank])) findings.push(finding);
  return { findings, behind: bank.behind() };
}

const untilSound = (world: WorkerWorld) =>
  until(async () => (await audit(world)).behind === 0, {
    message: 'the read models have come to every event',
  });

test('read models whose first events the log no longer holds are right after a rebuild under load', async () => {
  const { world, bank } = await createBankWorld();
  await using _world = world;
  const ids = range(4).map((n) => `account-${n}`);
  for (const id of ids) await bank.open(id, 1_000n);
  for (const n of range(12)) await bank.transfer(`t${n}`, ids[n % 4]!, ids[(n + 1) % 4]!, 5n);
  await world.run(accounts);
  await untilSound(world);
  await dropFirstEvents(world);
  const { rows } = await world.pool.query('SELECT floor FROM log');
  expect(rows[0].floor).toBeGreaterThan(4);
  await world.pool.query(`UPDATE account_summary SET balance = balance + 7;
                          DELETE FROM account_movement WHERE version < 3;
                          DELETE FROM account_summary WHERE id = 'account-3'`);
  let writing = true;
  let changes = 0;
  const writers = Promise.all(
    ids.map(async (id) => {
      for (; writing; changes += 1) await bank.deposit(id, 1n);
    }),
  );
  let running: ReturnType<typeof startRebuild>;
  {
    await using _reader = await readSlowly(world, 'account_summary');
    running = startRebuild(world, accounts);
    await running.untilWaiting();
    const before = changes;
    await until(() => changes > before + 8);
  }
  await running.finished;
  writing = false;
  await writers;
  await untilSound(world);
  expect(await audit(world)).toEqual({ findings: [], behind: 0 });
  expect(await leftovers(world)).toEqual([]);
});

test('a rebuild that was ended in the history goes on from its last batch', async () => {
  const { world, bank } = await createBankWorld();
  await using _world = world;
  for (const id of ['a', 'b']) {
    await bank.open(id, 1_000n);
    await depositOften(bank, id, 400);
  }
  await world.run(accounts);
  await untilSound(world);
  await dropFirstEvents(world);
  const live = await readModels(world);
  await world.pool.query('UPDATE account_summary SET balance = 0');
  const ended = new AbortController();
  const first = rebuild(world, accounts, {
    signal: ended.signal,
    onProgress: ({ handled }) => handled > 0 && ended.abort(new Error('ended')),
  });
  await expect(first).rejects.toThrow('ended');
  await bank.deposit('a', 9n);
  await bank.withdraw('a', 9n);
  await untilSound(world);
  const second = startRebuild(world, accounts);
  await second.finished;
  expect(second.progress.at(-1)).toMatchObject({ phase: 'done', handled: 802 - 500 + 2 });
  const { summaries, movements } = await readModels(world);
  expect(summaries.map(({ balance }) => balance)).toEqual(live.summaries.map(({ balance }) => balance));
  expect(movements).toHaveLength(802 + 2);
  expect(await audit(world)).toEqual({ findings: [], behind: 0 });
});

test('each event comes once, from the history or from the log, and a dead letter stays out of both', async () => {
  const { world, bank } = await createBankWorld();
  await using _world = world;
  await world.pool.query('CREATE TABLE counted (account text PRIMARY KEY, versions int[] NOT NULL)');
  let poison = 3;
  const counting = processor<(typeof accountEvents)[number]>({
    name: 'counting',
    events: accountEvents,
    tables: ['counted'],
    rebuildFrom: 'history',
    slots: 2,
    retry: { attempts: 1 },
    async handle(tx, events) {
      for (const { aggregateId, aggregateVersion } of events) {
        if (aggregateVersion === poison) throw new Error('not this one');
        await tx.$executeRaw`
          INSERT INTO counted AS known VALUES (${aggregateId}, ARRAY[${aggregateVersion}::int])
          ON CONFLICT (account) DO UPDATE SET versions = known.versions || EXCLUDED.versions`;
      }
    },
  });
  for (const id of ['a', 'b', 'c', 'd']) await bank.open(id, 1_000n);
  for (const id of ['a', 'b', 'c', 'd']) await depositOften(bank, id, 4);
  await world.run(counting);
  const counted = async () => (await world.pool.query('SELECT * FROM counted ORDER BY account')).rows;
  const expected = ['a', 'b', 'c', 'd'].map((id) => ({ account: id, versions: [1, 2, 4, 5] }));
  await until(async () => JSON.stringify(await counted()) === JSON.stringify(expected));
  await dropFirstEvents(world);
  await world.pool.query('TRUNCATE counted');
  poison = 0;
  const ended = new AbortController();
  const onProgress = () => ended.abort(new Error('ended'));
  await expect(rebuild(world, counting, { signal: ended.signal, onProgress })).rejects.toThrow('ended');
  // the history has these behind the place that the rebuild is at, and the log has them too
  await bank.deposit('d', 1n);
  await bank.open('e', 1_000n);
  await until(async () => JSON.stringify(await counted()).includes('"e"'));
  await rebuild(world, counting);
  expect(await counted()).toEqual([
    ...expected.slice(0, 3),
    { account: 'd', versions: [1, 2, 4, 5, 6] },
    { account: 'e', versions: [1] },
  ]);
});
