import { expect, test } from 'vitest';
import { type BenchResult, type Floor, missedFloors } from '../../bench/harness.ts';
import { describeMiss, toJson, toTable } from '../../bench/report.ts';

const floors: readonly Floor[] = [
  { ratio: 'faster', atLeast: 2, because: 'it has to pay' },
  { ratio: 'lost', atMost: 0, because: 'nothing may be lost' },
];
const result = (ratios: BenchResult['ratios']): BenchResult => ({
  cases: [
    { name: 'old', figures: { p50Ms: 12.34567, users: 12345 } },
    { name: 'new', figures: { p50Ms: 4 } },
  ],
  ratios,
});

test.each([
  ['on the good side', { faster: 3, lost: 0 }, []],
  ['exactly at the bound', { faster: 2, lost: 0 }, []],
  ['below what it has to be at least', { faster: 1.99, lost: 0 }, ['faster']],
  ['above what it may be at most', { faster: 2, lost: 0.001 }, ['lost']],
  ['not measured', { lost: 0 }, ['faster']],
  ['not a number', { faster: Number.NaN, lost: Number.NaN }, ['faster', 'lost']],
])('a ratio that is %s', (_, ratios, missed) => {
  expect(missedFloors(floors, ratios as BenchResult['ratios']).map(({ ratio }) => ratio)).toEqual(missed);
});

test('JSON is one object: the bench, its cases with their figures, and the ratios', () => {
  expect(JSON.parse(toJson({ name: 'race' }, result({ faster: 3 })))).toEqual({
    bench: 'race',
    cases: [
      { name: 'old', p50Ms: 12.34567, users: 12345 },
      { name: 'new', p50Ms: 4 },
    ],
    ratios: { faster: 3 },
  });
});

test('the table shows every figure, and each ratio beside its floor', () => {
  expect(toTable({ floors }, result({ faster: 3, lost: 0.5, other: 1 })).split('\n')).toEqual([
    'case  p50Ms  users',
    'old   12.35  12345',
    'new       4      –',
    '',
    'ratio   measured        floor',
    'faster         3   ≥ 2: holds',
    'lost         0.5  ≤ 0: MISSED',
    'other          1',
  ]);
});

test('a missed floor is told with the reason it has', () => {
  expect(describeMiss(floors[0]!, { faster: 1.5 })).toBe('faster is 1.5 and has to be ≥ 2: it has to pay');
});
