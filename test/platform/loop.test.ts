import { expect, test } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import { type Loop, startLoop } from '../../src/platform/loop.ts';
import { until } from '../support/until.ts';

const logger = createLogger('test', 'silent');
const longerThanTheTest = 3_600_000;

test('a wake runs the next turn instead of its pause', async () => {
  let turns = 0;
  await using loop = start(async () => {
    turns += 1;
    return longerThanTheTest;
  });
  await until(() => turns === 1);
  loop.wake();
  await until(() => turns === 2, { message: 'the woken loop turns again' });
});

test('a wake during a turn is not forgotten when the turn ends with a pause', async () => {
  let turns = 0;
  await using loop = start(async () => {
    turns += 1;
    if (turns === 1) loop.wake();
    return longerThanTheTest;
  });
  await until(() => turns === 2, { message: 'the loop turns again after a wake in the middle of a turn' });
});

test('a turn that throws is tried again until it passes', async () => {
  let turns = 0;
  await using _loop = start(async () => {
    turns += 1;
    if (turns < 3) throw new Error('not yet');
    return longerThanTheTest;
  });
  await until(() => turns === 3, { message: 'the loop goes on after two failures' });
});

test('stop tells the turn in hand and waits for its end', async () => {
  const steps: string[] = [];
  const loop = start(async (signal) => {
    steps.push('begun');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    steps.push('ended');
    return 0;
  });
  await until(() => steps.length === 1);
  await loop.stop();
  expect(steps).toEqual(['begun', 'ended']);
});

test('stop ends a pause at once', async () => {
  let turns = 0;
  const loop = start(async () => {
    turns += 1;
    return longerThanTheTest;
  });
  await until(() => turns === 1);
  await loop.stop();
  expect(turns).toBe(1);
});

function start(turn: (signal: AbortSignal) => Promise<number>): Loop & AsyncDisposable {
  const loop = startLoop({ name: 'test', logger, turn });
  return { ...loop, [Symbol.asyncDispose]: loop.stop };
}
