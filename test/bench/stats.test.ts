import { expect, test } from 'vitest';
import { mean, median, percentile, ratio } from '../../bench/stats.ts';

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 2])).toBe(3.5);
  expect(median([10, 9])).toBe(9.5);
});

test('a percentile is a value that was measured, by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(hundred, 50)).toBe(50);
  expect(percentile(hundred, 99)).toBe(99);
  expect(percentile(hundred, 100)).toBe(100);
  expect(percentile([7, 3], 99)).toBe(7);
  expect(percentile([7, 3], 0)).toBe(3);
});

test('values keep their order', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

test.each([median, mean, (values: number[]) => percentile(values, 50)])('no value has no statistic', (of) => {
  expect(() => of([])).toThrow('there are no values');
});

test('a ratio is always a number that JSON can hold', () => {
  expect(ratio(6, 3)).toBe(2);
  expect(ratio(0, 0)).toBe(1);
  expect(Number.isFinite(ratio(1, 0))).toBe(true);
});
