import { expect, test } from 'vitest';
import { Repeats } from '../../src/platform/repeats.ts';

const limits = { ofKind: 3, ofName: 5 };

/** Admits so many lines, of as many kinds as `kindOf` makes; gives the numbers of those that are to be written. */
const admitted = (repeats: Repeats<number>, count: number, kindOf: (n: number) => string = () => 'same') =>
  Array.from({ length: count }, (_, n) => n).filter((n) =>
    repeats.admit({ name: 'a.fault', kind: kindOf(n) }, n),
  );

test('the first lines of a kind are written; the others are counted, and the newest of them stands for all', () => {
  const repeats = new Repeats<number>(limits);
  expect(admitted(repeats, 1_000)).toEqual([0, 1, 2]);
  expect(repeats.take()).toEqual([{ count: 997, summary: 999 }]);
});

test('a kind that goes on is only counted; after a pause it is written again', () => {
  const repeats = new Repeats<number>(limits);
  admitted(repeats, 10);
  repeats.take();
  expect(admitted(repeats, 10)).toEqual([]);
  expect(repeats.take()).toEqual([{ count: 10, summary: 9 }]);
  expect(repeats.take(), 'it has paused').toEqual([]);
  expect(admitted(repeats, 10)).toEqual([0, 1, 2]);
});

test('however many kinds there are, a bounded number of lines is written, and all of them are accounted for', () => {
  const repeats = new Repeats<number>(limits);
  const written = admitted(repeats, 10_000, (n) => `kind ${n}`);
  expect(written).toHaveLength(limits.ofName);
  const sums = repeats.take();
  expect(sums.length).toBeLessThanOrEqual(limits.ofName + 1);
  expect(written.length + sums.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
});

test('one kind does not hold back another', () => {
  const repeats = new Repeats<number>(limits);
  admitted(repeats, 100);
  expect(repeats.admit({ name: 'a.fault', kind: 'another' }, 0)).toBe(true);
  expect(repeats.admit({ name: 'b.fault', kind: 'same' }, 0)).toBe(true);
});

test('names that are made up, however many, are kept in bounds too', () => {
  const repeats = new Repeats<number>(limits);
  const names = Array.from({ length: 10_000 }, (_, n) => `made up ${n}`);
  const written = names.filter((name) => repeats.admit({ name, kind: '' }, 0)).length;
  expect(written).toBeLessThan(300);
  const left = repeats.take().reduce((sum, { count }) => sum + count, 0);
  expect(written + left).toBe(10_000);
});
