/** Given what has happened, when a command comes, then this happens. */
import { describe, expect, test } from 'vitest';
import {
  type AccountCommand,
  type AccountFact,
  type AccountState,
  account,
  decide,
  evolve,
} from '../../src/domains/banking/account.ts';
import { maxMoney } from '../../src/domains/banking/money.ts';
import type { PastEvent } from '../../src/history/aggregate.ts';
import { t0 } from './support.ts';

const accountId = 'a';
const moved = { transferId: 't', currency: 'EUR' };
const opening = (initialDeposit = 1_000n, overdraftLimit = 500n): AccountCommand => ({
  ...{ type: 'open', accountId, owner: 'Ada', currency: 'EUR', initialDeposit, overdraftLimit },
});
const deposit = (amount: bigint): AccountCommand => ({
  type: 'deposit',
  accountId,
  amount,
  description: null,
});
const withdraw = (amount: bigint): AccountCommand => ({
  type: 'withdraw',
  accountId,
  amount,
  description: 'rent',
});
const send = (amount: bigint, currency = 'EUR'): AccountCommand => ({
  ...{ type: 'send', accountId, toAccountId: 'b', ...moved, amount, currency },
});
const receive = (amount: bigint, currency = 'EUR'): AccountCommand => ({
  ...{ type: 'receive', accountId, fromAccountId: 'b', ...moved, amount, currency },
});
const giveBack = (amount: bigint): AccountCommand => ({
  ...{ type: 'return', accountId, toAccountId: 'b', ...moved, amount },
});
const close: AccountCommand = { type: 'close', accountId };

function after(state: AccountState, facts: readonly AccountFact[]): AccountState {
  let next = state;
  for (const { definition, payload } of facts) {
    const event = { type: definition.type, version: 1, occurredAt: t0, payload };
    next = evolve(next, event as PastEvent<(typeof account.events)[number]>);
  }
  return next;
}

/** The account after these commands. */
const given = (...commands: readonly AccountCommand[]): AccountState =>
  commands.reduce((state, command) => after(state, decide(command, state)), account.initial);

const happens = (command: AccountCommand, state: AccountState) =>
  decide(command, state).map(({ definition, payload }) => [definition.type, payload]);

const refusal = (code: string) => expect.objectContaining({ code });

test('opening one tells all about it in one event', () => {
  expect(happens(opening(), given())).toEqual([
    [
      'bank.account_opened',
      { accountId, owner: 'Ada', currency: 'EUR', initialDeposit: '1000', overdraftLimit: '500' },
    ],
  ]);
  expect(given(opening())).toEqual({
    ...{ status: 'open', owner: 'Ada', currency: 'EUR', balance: 1_000n, overdraftLimit: 500n },
    openedAt: t0,
  });
});

test('each movement tells its amount and currency, and changes the balance by it', () => {
  const state = given(opening());
  const payload = { accountId, amount: '200', currency: 'EUR' };
  const cases = [
    [deposit(200n), 'bank.money_deposited', { ...payload, description: null }, 1_200n],
    [withdraw(200n), 'bank.money_withdrawn', { ...payload, description: 'rent' }, 800n],
    [send(200n), 'bank.transfer_sent', { ...payload, transferId: 't', toAccountId: 'b' }, 800n],
    [receive(200n), 'bank.transfer_received', { ...payload, transferId: 't', fromAccountId: 'b' }, 1_200n],
    [giveBack(200n), 'bank.transfer_returned', { ...payload, transferId: 't', toAccountId: 'b' }, 1_200n],
  ] as const;
  for (const [command, type, told, balance] of cases) {
    expect(happens(command, state)).toEqual([[type, told]]);
    expect(after(state, decide(command, state))).toEqual({ ...state, balance });
  }
});

test.each([withdraw, send])(
  'balance and overdraft limit can be used up by %o, and not a unit more',
  (pay) => {
    expect(given(opening(), pay(1_500n))).toMatchObject({ balance: -500n });
    expect(() => decide(pay(1_501n), given(opening()))).toThrow(refusal('INSUFFICIENT_FUNDS'));
    expect(() => decide(pay(1n), given(opening(), pay(1_500n)))).toThrow(refusal('INSUFFICIENT_FUNDS'));
    expect(() => decide(pay(1_501n), given(opening()))).toThrow(
      expect.objectContaining({ details: { available: '1500' } }),
    );
  },
);

test.each([deposit, receive])('a balance never leaves its range by %o', (payIn) => {
  const state = given(opening(maxMoney - 10n));
  expect(after(state, decide(payIn(10n), state))).toMatchObject({ balance: maxMoney });
  expect(() => decide(payIn(11n), state)).toThrow(refusal('BAD_USER_INPUT'));
});

test('what was sent is taken back by an account that has no room for it, since it can be nowhere else', () => {
  const state = given(opening(maxMoney), send(300n), deposit(300n));
  expect(after(state, decide(giveBack(300n), state))).toMatchObject({ balance: maxMoney + 300n });
});

test('the lowest balance is that of the greatest overdraft limit', () => {
  const state = given(opening(0n, maxMoney), withdraw(maxMoney));
  expect(state).toMatchObject({ balance: -maxMoney });
  expect(() => decide(withdraw(1n), state)).toThrow(refusal('INSUFFICIENT_FUNDS'));
});

describe('closing', () => {
  test('ends an account, whatever is left on it', () => {
    expect(happens(close, given(opening()))).toEqual([['bank.account_closed', { accountId }]]);
    expect(given(opening(), close)).toMatchObject({ status: 'closed', balance: 1_000n });
  });

  test('is refused while it is overdrawn, by a unit too', () => {
    expect(() => decide(close, given(opening(), withdraw(1_001n)))).toThrow(refusal('INSUFFICIENT_FUNDS'));
    expect(given(opening(), withdraw(1_000n), close)).toMatchObject({ status: 'closed' });
  });

  test.each([deposit(1n), withdraw(1n), send(1n), receive(1n), close])('refuses %o afterwards', (command) => {
    expect(() => decide(command, given(opening(), close))).toThrow(refusal('ACCOUNT_CLOSED'));
  });

  test('does not keep out what was sent before and comes back', () => {
    expect(given(opening(), send(300n), close, giveBack(300n))).toMatchObject({
      ...{ status: 'closed', balance: 1_000n },
    });
  });
});

test.each([send, receive])('money of another currency is refused to %o', (move) => {
  expect(() => decide(move(1n, 'USD'), given(opening()))).toThrow(refusal('CURRENCY_MISMATCH'));
});

test.each([deposit(1n), withdraw(1n), send(1n), receive(1n), giveBack(1n), close])(
  'of an account that was never opened, %o finds nothing',
  (command) => {
    expect(() => decide(command, given())).toThrow(refusal('NOT_FOUND'));
  },
);

test('a snapshot holds every state as it is, to the last unit', () => {
  const { schema } = account.snapshots!;
  for (const state of [given(), given(opening(maxMoney, maxMoney)), given(opening(0n), withdraw(500n))]) {
    expect(schema.parse(JSON.parse(JSON.stringify(schema.encode(state))))).toEqual(state);
  }
  expect(schema.parse(JSON.parse(JSON.stringify(schema.encode(given(opening(), close)))))).toEqual(
    given(opening(), close),
  );
});
