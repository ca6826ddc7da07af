import { expect, test } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import { type Loop, startLoop } from '../../src/platform/loop.ts';
import { loopFailures, loopStates } from '../../src/platform/loop-states.ts';
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

test('a wake does not shorten the pause after a failure', async () => {
  let turns = 0;
  await using loop = start(async () => {
    turns += 1;
    throw Object.assign(new Error('no'), { code: 'TEST_WOKEN' });
  });
  await until(() => pausesOf('test').length > 0 && turns > 3);
  const { failures } = loopStates().find(({ name }) => name === 'test')!;
  for (let n = 0; n < 100; n += 1) {
    loop.wake();
    await Promise.resolve(); // enough for a pause to end, and no timer can run meanwhile
  }
  expect(turns).toBe(failures);
});

test('a loop that fails tells since when, why, how often in a row and how long it rests, until it recovers', async () => {
  let fails = true;
  await using _loop = start(async () => {
    if (fails) throw Object.assign(new Error('no space left'), { code: 'TEST_FULL' });
    return longerThanTheTest;
  });
  await until(() => (loopStates()[0]?.failures ?? 0) >= 2);
  expect(loopStates()).toMatchObject([
    { name: 'test', failing: { since: expect.any(Date), error: 'no space left' } },
  ]);
  await until(() => pausesOf('test').some((ms) => ms > 0));
  fails = false;
  await until(() => loopStates()[0]?.failures === 0, { message: 'it recovers' });
  expect(loopStates()).toMatchObject([{ name: 'test', failures: 0, failing: undefined, backoffMs: 0 }]);
  const { count } = loopFailures().find(({ reason }) => reason === 'TEST_FULL')!;
  expect(count).toBeGreaterThanOrEqual(2);
});

test('a loop that was stopped is told of no longer', async () => {
  const loop = start(async () => {
    throw new Error('no');
  });
  await until(() => loopStates().length === 1);
  await loop.stop();
  expect(loopStates()).toEqual([]);
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

const pausesOf = (loop: string) =>
  loopStates()
    .filter(({ name, backoffMs }) => name === loop && backoffMs > 0)
    .map(({ backoffMs }) => backoffMs);
