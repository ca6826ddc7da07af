import { expect, test } from 'vitest';
import { inEuros } from '../../demo/bank/summary.ts';
import { formatSummary, isFaultless } from '../../demo/summary.ts';

const summary = {
  recorded: 10,
  published: 10,
  delivered: 10,
  lost: 0,
  doubled: 0,
  reordered: 0,
  phantom: 0,
  starts: 2,
  handled: { viewing: 2, badges: 2 },
  missing: {},
  latencyMs: { p50: 2.1, p99: 9.5 },
  latencyUnderLoadMs: null,
  eventsPerSecond: 100,
  seconds: 0.1,
};

test('a run is faultless when everything arrived once, in order, everywhere', () => {
  expect(isFaultless(summary)).toBe(true);
});

test.each([
  { lost: 1 },
  { doubled: 1 },
  { reordered: 1 },
  { phantom: 1 },
  { published: 9 },
  { delivered: 9 },
  { handled: { viewing: 2, badges: 1 } },
  { handled: { viewing: 3, badges: 2 } },
  { missing: { badges: 1 } },
])('a run with %j is not', (fault) => {
  expect(isFaultless({ ...summary, ...fault })).toBe(false);
});

test('the table names each service with what it handled, and what it misses', () => {
  const table = formatSummary({ ...summary, missing: { badges: 3 }, ok: false });
  expect(table).toMatch(/Starts handled by viewing +2\n/);
  expect(table).toMatch(/Events missing at badges +3\n/);
  expect(table).toMatch(/Commit to client +p50 2\.1 ms, p99 9\.5 ms\n/);
  expect(table).toContain('This is not as it should be');
});

test.each([
  [0, '0.00 EUR'],
  [5, '0.05 EUR'],
  [-50, '-0.50 EUR'],
  ['-123456', '-1,234.56 EUR'],
  ['100000', '1,000.00 EUR'],
])('%j minor units are %s', (minorUnits, text) => {
  expect(inEuros(minorUnits)).toBe(text);
});
