import { describe, expect, test } from 'vitest';
import { checkCurrency, minorUnitDigits } from '../../src/domains/banking/currency.ts';
import { isKeepable, maxMoney, readAmount, readAmountOrNone } from '../../src/domains/banking/money.ts';

const refused = { code: 'BAD_USER_INPUT' };

describe('an amount', () => {
  test.each(['1', '50', '123456', '999999999999999999'])('%s is read to the last unit', (text) => {
    expect(String(readAmount('amount', text))).toBe(text);
    expect(String(readAmountOrNone('limit', text))).toBe(text);
  });

  const malformed = [
    '',
    ' ',
    '1.5',
    '1,5',
    '-1',
    '+1',
    '01',
    '00',
    '1e3',
    '1_000',
    ' 1',
    '1 ',
    '1\n',
    '0x1',
    'ten',
    '١',
    '1\0',
  ];
  test.each(malformed)('%j is refused, and it says what to write', (text) => {
    for (const read of [readAmount, readAmountOrNone]) {
      expect(() => read('amount', text)).toThrow(expect.objectContaining(refused));
      expect(() => read('amount', text)).toThrow(
        /amount must be a whole number of minor units in plain digits/,
      );
    }
  });

  test('of one more than the greatest is refused, and so is one of a million digits', () => {
    for (const text of [String(maxMoney + 1n), '9'.repeat(1_000_000)]) {
      expect(() => readAmount('amount', text)).toThrow(expect.objectContaining(refused));
      expect(() => readAmount('amount', text)).toThrow(/must not be more than 999999999999999999/);
    }
  });

  test('of nothing is refused, unless it may be nothing', () => {
    expect(() => readAmount('amount', '0')).toThrow(expect.objectContaining(refused));
    expect(readAmountOrNone('initialDeposit', '0')).toBe(0n);
  });
});

test('a balance can be kept on both sides of zero, as far as an amount goes', () => {
  for (const balance of [0n, maxMoney, -maxMoney]) expect(isKeepable(balance)).toBe(true);
  for (const balance of [maxMoney + 1n, -maxMoney - 1n]) expect(isKeepable(balance)).toBe(false);
});

describe('a currency', () => {
  test.each([
    ['EUR', 2],
    ['USD', 2],
    ['ZWG', 2],
    ['JPY', 0],
    ['XPF', 0],
    ['KWD', 3],
    ['TND', 3],
  ])('%s has %i digits after its point', (code, digits) => {
    checkCurrency(code);
    expect(minorUnitDigits(code)).toBe(digits);
  });

  test.each(['', 'eur', 'EURO', 'EU', 'ABC', 'XAU', 'XXX', ' EUR', 'EUR KWD'])('%j is refused', (code) => {
    expect(() => checkCurrency(code)).toThrow(expect.objectContaining(refused));
  });
});
