import { expect, test } from 'vitest';
import { faultNames, faults, reachable } from '../../chaos/faults.ts';
import { planFaults } from '../../chaos/schedule.ts';

const plan = (seed: number, seconds = 60) => planFaults({ seed, seconds, kinds: faultNames });

test('a seed is a schedule, and another seed is another', () => {
  expect(plan(7)).toEqual(plan(7));
  expect(plan(7)).not.toEqual(plan(8));
});

test('in a minute every kind of fault happens, whatever the seed', () => {
  for (let seed = 0; seed < 200; seed += 1) {
    expect(new Set(plan(seed).map(({ fault }) => fault)).size, `seed ${seed}`).toBe(faultNames.length);
  }
});

test('every fault is over when the time is, and reaches those that it can reach', () => {
  for (let seed = 0; seed < 50; seed += 1) {
    for (const { fault, targets, atMs, lastsMs } of plan(seed, 15)) {
      expect(atMs + lastsMs).toBeLessThanOrEqual(15_000);
      expect(reachable[faults[fault].reaches]).toEqual(expect.arrayContaining([...targets]));
    }
  }
});

test('without kinds nothing happens', () => {
  expect(planFaults({ seed: 1, seconds: 60, kinds: [] })).toEqual([]);
});
