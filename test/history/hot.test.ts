/** Many writers of one aggregate: nothing is lost, everything comes to its turn, and every refusal says why. */
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Loaded } from '../../src/history/aggregate.ts';
import type { History } from '../../src/history/history.ts';
import { createHistory } from '../../src/history/history.ts';
import { DomainError } from '../../src/platform/errors.ts';
import { type Database, openDatabase } from '../../src/platform/postgres.ts';
import { readRecorded } from '../outbox/counted.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Count, count, counter, openHistory, openOutbox } from './counter.ts';

const writers = 32;
const processes = 4;
const commandsEach = 8;

let testDatabase: TestDatabase;
/** As many processes would have them: each with connections of its own */
let databases: readonly Database[];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  databases = Array.from({ length: processes }, () =>
    openDatabase({ url: testDatabase.url, application: 'test', maxConnections: 4 }),
  );
});
afterAll(async () => {
  await Promise.all(databases.map((database) => database.stop()));
  await testDatabase.drop();
});
beforeEach(() => testDatabase.database.pool.query('TRUNCATE outbox, history, history_snapshot'));

/** The writers add and take at the same time, each its commands one after the other. Gives all answers. */
async function runWriters(histories: readonly History[]) {
  await count(histories[0]!, 'a', [5]);
  const write = async (writer: number) => {
    const answers: PromiseSettledResult<Loaded<Count>>[] = [];
    for (let n = 0; n < commandsEach; n += 1) {
      // about half would take more than there is
      const number = (writer + n) % 2 === 0 ? 3 : -4;
      answers.push(
        ...(await Promise.allSettled([count(histories[writer % histories.length]!, 'a', [number])])),
      );
    }
    return answers;
  };
  return (await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))).flat();
}

/** The answers agree with one order of commands, which is that of the versions and of the positions. */
async function check(answers: readonly PromiseSettledResult<Loaded<Count>>[]) {
  const done = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const refusals = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
  expect(done.length + refusals.length).toBe(writers * commandsEach);
  expect(
    refusals.filter((error) => !(error instanceof DomainError && error.code === 'BELOW_NOTHING')),
  ).toEqual([]);
  expect(refusals.length).toBeGreaterThan(0);

  const recorded = await readRecorded(testDatabase.database.pool);
  const versions = Array.from({ length: done.length + 1 }, (_, n) => n + 1);
  expect(recorded.map(({ aggregateVersion }) => aggregateVersion)).toEqual(versions);
  const { events } = await openHistory(testDatabase.database).page(counter, 'a', {
    from: 'first',
    count: 1_000,
  });
  expect(events.map(({ id }) => id)).toEqual(recorded.map(({ id }) => id));
  // each answer is the state after its own event, and no two have the same one
  const sums = new Map<number, bigint>();
  let sum = 0n;
  for (const { version, payload } of events) {
    sum += BigInt((payload as { n: number }).n);
    expect(sum >= 0n, 'what was taken was there').toBe(true);
    sums.set(version, sum);
  }
  expect(done.map(({ version }) => version).toSorted((one, other) => one - other)).toEqual(versions.slice(1));
  for (const { version, state } of done) expect(state.sum).toBe(sums.get(version));
}

test('32 writers in one process lose no update, and each refusal was right', async () => {
  await check(await runWriters([openHistory(databases[0]!)]));
});

test('32 writers in several processes lose no update, and each refusal was right', async () => {
  await check(await runWriters(databases.map(openHistory)));
});

test('commands that wait for the same aggregate are written in one statement, with a cause of their own each', async () => {
  const outbox = openOutbox(testDatabase.database);
  let statements = 0;
  const history = createHistory({
    ...outbox,
    statement: (...args) => {
      statements += 1;
      return outbox.statement(...args);
    },
  });
  await Promise.all(Array.from({ length: writers }, () => count(history, 'a', [1])));
  expect(await history.load(counter, 'a')).toMatchObject({ version: writers });
  expect(statements).toBe(2); // the first one, and all that came meanwhile
});

test('of 32 that expect the same version one wins, and the others are told which version it is now', async () => {
  const histories = databases.map(openHistory);
  const answers = await Promise.allSettled(
    Array.from({ length: writers }, (_, n) =>
      count(histories[n % processes]!, 'a', [1], { expectedVersion: 0 }),
    ),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const answer of answers) {
    if (answer.status === 'fulfilled') continue;
    expect(answer.reason).toMatchObject({ code: 'VERSION_CONFLICT', details: { currentVersion: 1 } });
  }
  expect(await histories[0]!.load(counter, 'a')).toMatchObject({ state: { sum: 1n }, version: 1 });
});

test('work whose turn does not come for long is told so and not begun; what comes later has its turn', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const history = openHistory(testDatabase.database);
  const { promise: held, resolve: release } = Promise.withResolvers<string>();
  const begun: string[] = [];
  const work = (name: string, result?: Promise<string>) => async () => {
    begun.push(name);
    return result ?? name;
  };
  const first = history.inTurn(counter, 'a', work('first', held));
  const second = history.inTurn(counter, 'a', work('second'));
  expect(await history.inTurn(counter, 'b', work('of another'))).toBe('of another');
  vi.advanceTimersByTime(60_000);
  release('first');
  expect(await first).toBe('first');
  await expect(second).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  expect(await history.inTurn(counter, 'a', work('third'))).toBe('third');
  expect(begun).toEqual(['first', 'of another', 'third']);
});
