import { expect, test } from 'vitest';
import { createSchedule } from '../../demo/schedule.ts';

const items = (...texts: string[]) => texts.map((text) => ({ userId: text[0]!, text }));

test('items come in their order while their users are free', () => {
  const schedule = createSchedule(items('a1', 'b1', 'c1'), 10);
  expect([schedule.next()?.text, schedule.next()?.text, schedule.next()?.text]).toEqual(['a1', 'b1', 'c1']);
  expect(schedule.next()).toBeUndefined();
});

test('the next item of a user waits for the end of the one before, and holds nobody else back', () => {
  const schedule = createSchedule(items('a1', 'a2', 'b1', 'a3'), 10);
  const first = schedule.next()!;
  expect([first.text, schedule.next()?.text]).toEqual(['a1', 'b1']);
  expect(schedule.next()).toBeUndefined();
  schedule.finished(first);
  const second = schedule.next()!;
  expect([second.text, schedule.next()]).toEqual(['a2', undefined]);
  schedule.finished(second);
  expect(schedule.next()?.text).toBe('a3');
});

test('no user runs further ahead of a waiting one than allowed', () => {
  const schedule = createSchedule(items('a1', 'a2', 'a3', 'b1'), 2);
  const first = schedule.next()!;
  // a2 and a3 wait for a, and b1 is beyond them
  expect(schedule.next()).toBeUndefined();
  schedule.finished(first);
  expect([schedule.next()?.text, schedule.next()?.text]).toEqual(['a2', 'b1']);
});
