import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { maxMoney } from '../../../src/domains/banking/money.ts';
import type { LogEvent } from '../../../src/events/envelope.ts';
import type { Outbox } from '../../../src/outbox/transaction.ts';
import { accounts } from '../../../src/workers/banking/accounts.ts';
import { openOutbox, react } from '../../streaming/support.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { accountLog, atMinute, type Bank, openBank, readModels } from './support.ts';

let testDatabase: TestDatabase;
let outbox: Outbox;
let bank: Bank;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  outbox = openOutbox(testDatabase.database);
  bank = openBank(outbox);
});
afterAll(() => testDatabase.drop());
const empty = () => testDatabase.database.pool.query('TRUNCATE account_summary, account_movement');
beforeEach(async () => {
  await testDatabase.database.pool.query('TRUNCATE history, history_snapshot, outbox');
  await empty();
  bank = openBank(outbox);
});

const log = () => accountLog(testDatabase.database);
const models = () => readModels(testDatabase.database);

test('an account and its movements are what its events say, to the last digit of the largest balance', async () => {
  await bank.open('a', 1_000n, atMinute(0), { owner: 'ann' });
  await bank.open('b', 0n, atMinute(1), { owner: 'ben' });
  await bank.deposit('a', maxMoney - 1_000n, atMinute(2), 'rich');
  await bank.withdraw('a', 1n, atMinute(3));
  await bank.transfer('t1', 'a', 'b', 7n, 'completed', atMinute(4));
  await bank.close('b', atMinute(5));
  await bank.transfer('t2', 'a', 'b', 5n, 'refunded', atMinute(6));
  await react(outbox, accounts, await log());
  const { summaries, movements } = await testDatabase.database.prisma.$transaction(async (tx) => ({
    summaries: await tx.accountSummary.findMany({ orderBy: { id: 'asc' } }),
    movements: await tx.accountMovement.findMany({ orderBy: [{ accountId: 'asc' }, { version: 'asc' }] }),
  }));
  const account = { currency: 'EUR', overdraftLimit: 50_000n };
  expect(summaries).toEqual([
    {
      ...{ id: 'a', owner: 'ann', ...account, balance: maxMoney - 8n, status: 'OPEN', version: 6 },
      ...{ openedAt: atMinute(0), updatedAt: atMinute(6) },
    },
    {
      ...{ id: 'b', owner: 'ben', ...account, balance: 7n, status: 'CLOSED', version: 3 },
      ...{ openedAt: atMinute(1), updatedAt: atMinute(5) },
    },
  ]);
  const none = { description: null, transferId: null, counterpartyId: null };
  const t1 = { ...none, transferId: 't1' };
  const t2 = { ...none, transferId: 't2', counterpartyId: 'b' };
  const a = (version: number, minute: number) => ({ accountId: 'a', version, at: atMinute(minute) });
  expect(movements).toEqual([
    { ...none, ...a(1, 0), kind: 'OPENED', amount: 1_000n, balance: 1_000n },
    {
      ...none,
      ...a(2, 2),
      kind: 'DEPOSITED',
      amount: maxMoney - 1_000n,
      balance: maxMoney,
      description: 'rich',
    },
    { ...none, ...a(3, 3), kind: 'WITHDRAWN', amount: -1n, balance: maxMoney - 1n },
    { ...t1, ...a(4, 4), kind: 'TRANSFER_SENT', amount: -7n, balance: maxMoney - 8n, counterpartyId: 'b' },
    { ...t2, ...a(5, 6), kind: 'TRANSFER_SENT', amount: -5n, balance: maxMoney - 13n },
    { ...t2, ...a(6, 6), kind: 'TRANSFER_RETURNED', amount: 5n, balance: maxMoney - 8n },
    {
      ...{
        ...t1,
        accountId: 'b',
        version: 2,
        at: atMinute(4),
        kind: 'TRANSFER_RECEIVED',
        counterpartyId: 'a',
      },
      ...{ amount: 7n, balance: 7n },
    },
  ]);
});

test('it makes no difference how the events are cut into batches, nor when one comes twice', async () => {
  const ids = ['a', 'b', 'c'];
  for (const id of ids) await bank.open(id, 500n);
  for (let n = 1; n <= 12; n += 1) {
    await bank.deposit(ids[n % 3]!, BigInt(n));
    if (n % 2 === 0) await bank.withdraw(ids[n % 3]!, 3n);
    if (n % 4 === 0) await bank.transfer(`t${n}`, ids[n % 3]!, ids[(n + 1) % 3]!, 20n);
  }
  const events = await log();
  await react(outbox, accounts, events);
  const expected = await models();
  expect(expected.movements).toHaveLength(events.length);
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: events.length - 1 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(cuts, async (places) => {
      await empty();
      const ends = [...places.sort((one, other) => one - other), events.length];
      for (const [n, end] of ends.entries()) {
        // the last event before the batch, once more
        await react(outbox, accounts, events.slice(Math.max(0, (ends[n - 1] ?? 0) - 1), end));
      }
      expect(await models()).toEqual(expected);
    }),
    { numRuns: 15 },
  );
});

test('what the log did not give before an event is taken from the history, and then not from the log', async () => {
  await bank.open('a', 500n);
  for (const amount of [1n, 2n, 3n, 4n]) await bank.deposit('a', amount);
  await bank.open('b', 7n);
  const events = await log();
  await react(outbox, accounts, events);
  const expected = await models();
  await empty();
  const [first, second, third, fourth, fifth, sixth] = events as [
    LogEvent,
    LogEvent,
    LogEvent,
    LogEvent,
    LogEvent,
    LogEvent,
  ];
  await react(outbox, accounts, [second, fourth, sixth]);
  await react(outbox, accounts, [third, first, fifth]);
  expect(await models()).toEqual(expected);
});

test('an event whose predecessor is nowhere is refused, and changes nothing', async () => {
  await bank.open('a', 500n);
  await bank.deposit('a', 1n);
  await bank.deposit('a', 2n);
  const [first, , third] = await log();
  await react(outbox, accounts, [first!]);
  const before = await models();
  await testDatabase.database.pool.query('DELETE FROM history WHERE version = 2');
  await expect(react(outbox, accounts, [third!])).rejects.toThrow(
    'account "a" is at version 1 here, 3 comes next',
  );
  expect(await models()).toEqual(before);
});
