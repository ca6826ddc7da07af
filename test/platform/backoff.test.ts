import { expect, test } from 'vitest';
import { backoffMs } from '../../src/platform/backoff.ts';

const bounds = { firstMs: 50, maxMs: 2_000 };

test('the pause after failures doubles up to its bound', () => {
  const longest = Array.from({ length: 12 }, (_, n) => backoffMs(n + 1, bounds, 1));
  expect(longest).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000, 2_000, 2_000, 2_000]);
  expect(backoffMs(1_000_000, bounds, 1), 'after days of failures too').toBe(2_000);
});

test('pauses after failures differ, so that those who failed together do not come back together', () => {
  const pauses = Array.from({ length: 100 }, () => backoffMs(20, bounds));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_000);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(2_000);
  expect(new Set(pauses).size).toBeGreaterThan(90);
});
