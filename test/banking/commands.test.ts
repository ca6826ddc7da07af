import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as bank from '../../src/domains/banking/commands.ts';
import { account, accountHistory, transfer as readTransfer } from '../../src/domains/banking/queries.ts';
import { transfer } from '../../src/domains/banking/transfer-command.ts';
import type { History } from '../../src/history/history.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { atSecond, cause, noAccount, openHistory, t0 } from './support.ts';

let testDatabase: TestDatabase;
let database: Database;
let history: History;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = testDatabase.database;
  history = openHistory(database);
});
afterAll(() => testDatabase.drop());

const open = (args: Partial<bank.OpenAccount> = {}, in_ = history) =>
  bank.openAccount(
    in_,
    cause,
    { owner: 'Ada', currency: 'EUR', initialDeposit: '1000', overdraftLimit: '0', ...args },
    t0,
  );
const deposit = (args: bank.Movement, in_ = history) => bank.deposit(in_, cause, args, atSecond(1));
const withdraw = (args: bank.Movement, in_ = history) => bank.withdraw(in_, cause, args, atSecond(1));
const close = (accountId: string, expectedVersion?: number) =>
  bank.closeAccount(history, cause, { accountId, expectedVersion }, atSecond(1));
const send = (from: string, to: string, amount = '100', idempotencyKey?: string) =>
  transfer(history, cause, { fromAccountId: from, toAccountId: to, amount, idempotencyKey }, atSecond(1));
const versionsOf = async (id: string) => {
  const { events } = await accountHistory(history, id, { from: 'first', count: 500 });
  return events.map((event) => event.aggregateVersion);
};
const refusal = (code: string) => expect.objectContaining({ name: 'DomainError', code });

describe('an account', () => {
  test('is shown as it was opened', async () => {
    const opened = await open({ currency: 'KWD', initialDeposit: '0', overdraftLimit: '50000' });
    expect(opened).toEqual({
      ...{ id: expect.any(String), owner: 'Ada', currency: 'KWD', minorUnitDigits: 3 },
      ...{ balance: '0', overdraftLimit: '50000', status: 'OPEN', version: 1, openedAt: t0, updatedAt: t0 },
    });
    expect(await account(history, opened.id)).toEqual(opened);
  });

  test.each([
    [{ owner: '' }],
    [{ owner: 'x'.repeat(201) }],
    [{ owner: 'a\0b' }],
    [{ owner: '\ud800' }],
    [{ currency: 'eur' }],
    [{ initialDeposit: '-1' }],
    [{ initialDeposit: '1.00' }],
    [{ overdraftLimit: '1000000000000000000' }],
    [{ idempotencyKey: '' }],
  ])('is not opened with %j', async (args) => {
    await expect(open(args)).rejects.toEqual(refusal('BAD_USER_INPUT'));
  });

  test('moves by no amount, description, version or id that is not right', async () => {
    const { id: accountId } = await open();
    for (const wrong of [
      { amount: '0' },
      { amount: '01' },
      { description: '' },
      { description: 'x'.repeat(201) },
      { description: 'a\0b' },
      { expectedVersion: 0 },
      { expectedVersion: -1 },
      { accountId: '' },
      { accountId: '\0' },
    ]) {
      const args = { accountId, amount: '1', ...wrong };
      await expect(deposit(args), JSON.stringify(wrong)).rejects.toEqual(refusal('BAD_USER_INPUT'));
      await expect(withdraw(args), JSON.stringify(wrong)).rejects.toEqual(refusal('BAD_USER_INPUT'));
    }
    expect(await account(history, accountId)).toMatchObject({ version: 1, balance: '1000' });
  });

  test('that does not exist is not found, whatever version is expected of it', async () => {
    for (const accountId of [noAccount, 'ada']) {
      const args = { accountId, amount: '1' };
      for (const refused of [
        () => deposit(args),
        () => deposit({ ...args, expectedVersion: 3 }),
        () => withdraw({ ...args, idempotencyKey: 'of nothing' }),
        () => close(accountId),
        () => accountHistory(history, accountId, { from: 'first', count: 1 }),
      ])
        await expect(refused()).rejects.toEqual(refusal('NOT_FOUND'));
      expect(await account(history, accountId)).toBeNull();
      expect(await readTransfer(history, accountId)).toBeNull();
    }
  });

  test('takes nothing once it is closed', async () => {
    const { id: accountId } = await open();
    expect(await close(accountId)).toMatchObject({ status: 'CLOSED', balance: '1000', version: 2 });
    for (const refused of [
      () => deposit({ accountId, amount: '1' }),
      () => withdraw({ accountId, amount: '1' }),
      () => close(accountId),
    ])
      await expect(refused()).rejects.toEqual(refusal('ACCOUNT_CLOSED'));
  });

  test('that is overdrawn is not closed', async () => {
    const { id: accountId } = await open({ overdraftLimit: '500' });
    await withdraw({ accountId, amount: '1500' });
    await expect(close(accountId)).rejects.toEqual(refusal('INSUFFICIENT_FUNDS'));
    await deposit({ accountId, amount: '500' });
    expect(await close(accountId)).toMatchObject({ status: 'CLOSED', balance: '0' });
  });
});

describe('an expected version', () => {
  test('lets the command through when it is the current one', async () => {
    const { id: accountId } = await open();
    expect(await deposit({ accountId, amount: '1', expectedVersion: 1 })).toMatchObject({ version: 2 });
    expect(await withdraw({ accountId, amount: '1', expectedVersion: 2 })).toMatchObject({ version: 3 });
    expect(await close(accountId, 3)).toMatchObject({ version: 4 });
  });

  test('that is another tells the current one, from another process too, and with a key', async () => {
    const { id: accountId } = await open();
    await deposit({ accountId, amount: '1' });
    const conflict = expect.objectContaining({ code: 'VERSION_CONFLICT', details: { currentVersion: 2 } });
    for (const expectedVersion of [1, 3]) {
      const args = { accountId, amount: '1', expectedVersion };
      await expect(withdraw(args)).rejects.toEqual(conflict);
      await expect(withdraw(args, openHistory(database))).rejects.toEqual(conflict);
      await expect(withdraw({ ...args, idempotencyKey: `v${expectedVersion}` })).rejects.toEqual(conflict);
    }
    expect(await account(history, accountId)).toMatchObject({ version: 2 });
  });
});

describe('the same idempotency key', () => {
  test('gives the first answer of each command again, though the account has gone on since', async () => {
    const [one, other] = [await open({ idempotencyKey: 'open' }), await open()];
    const keyed = (accountId: string) => [
      () => open({ idempotencyKey: 'open' }),
      () => deposit({ accountId, amount: '10', idempotencyKey: 'deposit' }),
      () => withdraw({ accountId, amount: '20', description: 'rent', idempotencyKey: 'withdraw' }),
      () => send(accountId, other.id, '30', 'transfer'),
    ];
    const first = [];
    for (const command of keyed(one.id)) first.push(await command());
    await deposit({ accountId: one.id, amount: '5' });
    const again = [];
    for (const command of keyed(one.id)) again.push(await command());
    expect(again).toEqual(first);
    expect(first[0]).toEqual(one);
    expect(await account(history, one.id)).toMatchObject({ version: 5, balance: '965' });
  });

  test('at once, in several processes, has one effect and one answer', async () => {
    const [{ id: accountId }, other] = [await open(), await open()];
    const processes = [history, openHistory(database), openHistory(database)];
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        deposit({ accountId, amount: '7', idempotencyKey: 'at once' }, processes[n % 3]),
      ),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    const transfers = await Promise.all(
      Array.from({ length: 8 }, () => send(accountId, other.id, '9', 'sent at once')),
    );
    for (const answer of transfers) expect(answer).toEqual(transfers[0]);
    expect(await account(history, accountId)).toMatchObject({ version: 3, balance: '998' });
  });

  test('with other arguments is refused, and nothing happens', async () => {
    const [{ id: accountId }, other] = [await open({ idempotencyKey: 'k' }), await open()];
    const args = { accountId, amount: '10', description: 'a', idempotencyKey: 'k' };
    await deposit(args);
    await send(accountId, other.id, '1', 'k');
    for (const refused of [
      () => open({ idempotencyKey: 'k', overdraftLimit: '1' }),
      () => deposit({ ...args, amount: '11' }),
      () => deposit({ ...args, description: null }),
      () => deposit({ ...args, accountId: other.id }),
      () => deposit({ ...args, expectedVersion: 2 }),
      () => send(accountId, other.id, '2', 'k'),
      () => send(other.id, accountId, '1', 'k'),
    ])
      await expect(refused()).rejects.toEqual(refusal('IDEMPOTENCY_KEY_REUSED'));
    expect(await versionsOf(accountId)).toEqual([1, 2, 3]);
    expect(await versionsOf(other.id)).toEqual([1]);
  });

  test('of a command that was refused is not used up', async () => {
    const { id: accountId } = await open({ initialDeposit: '5' });
    const args = { accountId, amount: '10', idempotencyKey: 'later' };
    await expect(withdraw(args)).rejects.toEqual(refusal('INSUFFICIENT_FUNDS'));
    await deposit({ accountId, amount: '5' });
    expect(await withdraw(args)).toMatchObject({ balance: '0' });
    expect(await withdraw(args)).toMatchObject({ balance: '0', version: 3 });
  });
});

describe('a transfer', () => {
  test('takes the money at once, and is on its way then', async () => {
    const [from, to] = [await open(), await open({ initialDeposit: '0' })];
    const sent = await send(from.id, to.id, '400');
    expect(sent).toEqual({
      ...{
        id: expect.any(String),
        fromAccountId: from.id,
        toAccountId: to.id,
        amount: '400',
        currency: 'EUR',
      },
      ...{ status: 'PENDING', reason: null, createdAt: atSecond(1), updatedAt: atSecond(1) },
    });
    expect(await readTransfer(history, sent.id)).toEqual(sent);
    expect(await account(history, from.id)).toMatchObject({ balance: '600' });
    expect(await account(history, to.id)).toMatchObject({ balance: '0', version: 1 });
  });

  test('that cannot be is refused with its reason, and nothing of it is left', async () => {
    const [from, to, yen, closed] = [
      await open(),
      await open(),
      await open({ currency: 'JPY' }),
      await open(),
    ];
    await close(closed.id);
    const before = await database.prisma.sagaState.count();
    for (const [refused, code] of [
      [() => send(from.id, to.id, '1001'), 'INSUFFICIENT_FUNDS'],
      [() => send(from.id, yen.id), 'CURRENCY_MISMATCH'],
      [() => send(closed.id, to.id), 'ACCOUNT_CLOSED'],
      [() => send(from.id, noAccount), 'NOT_FOUND'],
      [() => send(noAccount, to.id), 'NOT_FOUND'],
      [() => send('ada', to.id), 'NOT_FOUND'],
      [() => send(from.id, from.id), 'BAD_USER_INPUT'],
      [() => send(from.id, '', '1'), 'BAD_USER_INPUT'],
      [() => send(from.id, to.id, '0'), 'BAD_USER_INPUT'],
      [() => send(from.id, to.id, '1', ''), 'BAD_USER_INPUT'],
    ] as const)
      await expect(refused()).rejects.toEqual(refusal(code));
    expect(await database.prisma.sagaState.count()).toBe(before);
    expect(await versionsOf(from.id)).toEqual([1]);
  });
});
