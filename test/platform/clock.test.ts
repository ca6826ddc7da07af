import { expect, test } from 'vitest';
import { checkClock, createDatabaseClock } from '../../src/platform/clock.ts';

/** What a database says whose clock is so far from ours, over a network that takes its time. */
const said = (offsetMs: number, at = performance.now()) => Date.now() + offsetMs + (at - performance.now());

test('tells the time of the database, within half of what its answer took', () => {
  const clock = createDatabaseClock();
  expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(5);
  const asked = performance.now();
  clock.hear(said(-60_000, asked + 10), asked, asked + 20);
  expect(Math.abs(clock.now().getTime() - (Date.now() - 60_000))).toBeLessThan(15);
  expect(Math.abs(clock.aheadMs - 60_000)).toBeLessThan(15);
});

test('keeps what is certain when what is uncertain agrees, and leaves it when it does not', () => {
  const clock = createDatabaseClock();
  const asked = performance.now();
  clock.hear(said(5_000, asked), asked, asked);
  clock.hear(said(5_400, asked + 500), asked, asked + 1_000);
  expect(Math.abs(clock.aheadMs + 5_000)).toBeLessThan(5);
  // another server after a failover
  clock.hear(said(9_000, asked + 500), asked, asked + 1_000);
  expect(Math.abs(clock.aheadMs + 9_000)).toBeLessThan(5);
});

test('a clock that is wrong by more than a second is told of, in which direction', () => {
  expect(() => checkClock({ now: () => new Date(), aheadMs: 900 })).not.toThrow();
  expect(() => checkClock({ now: () => new Date(), aheadMs: 90_000 })).toThrow(
    '90 s ahead of that of PostgreSQL',
  );
  expect(() => checkClock({ now: () => new Date(), aheadMs: -90_000 })).toThrow(
    '90 s behind that of PostgreSQL',
  );
});
