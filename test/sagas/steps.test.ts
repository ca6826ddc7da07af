/** What a worker does with a saga, step by step, in transactions of this process: the time and the code are the test's. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type LogEvent, requestCause } from '../../src/events/envelope.ts';
import { attempt, createOutbox, type Outbox, type Tx } from '../../src/outbox/transaction.ts';
import { DomainError } from '../../src/platform/errors.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { startSaga } from '../../src/sagas/run.ts';
import { defineSaga, type Saga, type SagaStep } from '../../src/sagas/saga.ts';
import { callHandler, type HandledEvent } from '../../src/workers/call-handler.ts';
import { WaitError } from '../../src/workers/errors.ts';
import { sagaReaction } from '../../src/workers/saga-reaction.ts';
import { createStormGuard } from '../../src/workers/storm-guard.ts';
import { atSecond, recordedEvents } from '../streaming/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeTables } from '../support/own-tables.ts';

let testDatabase: TestDatabase;
let outbox: Outbox;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  outbox = createOutbox({ ...testDatabase.database, nudge: () => {} });
  await makeTables(testDatabase.database.pool, 'CREATE TABLE taken (place bigserial, what text NOT NULL)');
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  await testDatabase.database.pool.query('TRUNCATE outbox, saga, taken');
});

const note = (tx: Tx, what: string) => tx.$executeRaw`INSERT INTO taken (what) VALUES (${what})`;

/** A step that writes that it was done, or undone. */
const step = (name: string, own: Partial<SagaStep<Trip>> = {}): SagaStep<Trip> => ({
  name,
  async do(tx, { data }) {
    await note(tx, name);
    return data;
  },
  async undo(tx) {
    await note(tx, `undo ${name}`);
  },
  ...own,
});
const refuse = async () => {
  throw new DomainError('FULL', 'It is full.');
};

const tripData = z.object({ to: z.string() });
type Trip = z.output<typeof tripData>;
const trip = (...steps: Saga<Trip>['steps']) => defineSaga<Trip>({ name: 'trip', data: tripData, steps });

const start = (saga: Saga<Trip>, id = 't', data: Trip = { to: 'Rome' }) =>
  outbox.transaction(requestCause(id), (tx) => startSaga(tx, saga, { id, data, now: atSecond(0) }));

/** Handles the newest event of the log, as a worker with this code does at this second. */
async function goOn(saga: Saga<Trip>, second = 1): Promise<void> {
  const event = await newest();
  const { signal } = new AbortController();
  const logger = createLogger('test', 'silent');
  const reaction = sagaReaction(saga);
  await outbox.transaction({ ...requestCause('t'), depth: event.depth + 1 }, (tx) =>
    callHandler(reaction, tx, [event as HandledEvent], { signal, logger, now: atSecond(second) }),
  );
}
const newest = async () =>
  ({ ...(await recordedEvents(testDatabase.database)).at(-1)!, position: 1 }) as LogEvent;

async function taken(): Promise<readonly string[]> {
  const sql = 'SELECT what FROM taken ORDER BY place';
  return (await testDatabase.database.pool.query<{ what: string }>(sql)).rows.map(({ what }) => what);
}
async function stateOf(id = 't') {
  const sql = 'SELECT status, step, done, version, data, reason, deadline FROM saga WHERE id = $1';
  return (await testDatabase.database.pool.query(sql, [id])).rows[0];
}

describe('time', () => {
  const saga = trip(step('book'), step('pay', { timeoutMs: 60_000 }), step('leave'));

  test('a step is done as long as it is not over, and the next one has its own', async () => {
    await start(saga);
    expect(await stateOf()).toMatchObject({ step: 'pay', deadline: atSecond(60) });
    await goOn(saga, 59);
    expect(await stateOf()).toMatchObject({ step: 'leave', deadline: null });
    await goOn(saga, 1_000_000);
    expect(await stateOf()).toMatchObject({ status: 'COMPLETED' });
  });

  test('a step that comes too late, as after a time without workers, is not even begun', async () => {
    await start(saga);
    await goOn(saga, 60);
    await goOn(saga, 1_000_000); // what is undone has all the time there is
    expect(await stateOf()).toMatchObject({ status: 'COMPENSATED', reason: 'pay was not done in time' });
    expect(await taken()).toEqual(['book', 'undo book']);
  });
});

describe('a declaration that changes while sagas are under way', () => {
  const before = trip(step('book'), step('pay'), step('leave'));

  test('leaves them the step that was due, wherever it stands now', async () => {
    await start(before);
    const after = trip(step('visa'), step('insure'), step('book'), step('pay'), step('pack'), step('leave'));
    for (const _ of ['pay', 'pack', 'leave']) await goOn(after);
    expect(await taken()).toEqual(['book', 'pay', 'pack', 'leave']);
    expect(await stateOf()).toMatchObject({ status: 'COMPLETED', done: ['book', 'pay', 'pack', 'leave'] });
  });

  test('undoes what was done, and nothing that was not', async () => {
    await start(before);
    const after = trip(step('visa'), step('book'), step('insure'), step('pay', { do: refuse }));
    for (const _ of ['pay', 'undo book']) await goOn(after);
    expect(await taken()).toEqual(['book', 'undo book']);
    expect(await stateOf()).toMatchObject({ status: 'COMPENSATED', done: [], step: null });
  });

  test.each([
    { what: 'to be done', refused: false, names: ['book'] },
    { what: 'to be undone', refused: true, names: ['pay'] },
  ])(
    'that knows no step any more that is $what waits for code that does, and uses up no attempt',
    async ({ refused, names }) => {
      const code = refused ? trip(step('book'), step('pay', { do: refuse })) : before;
      await start(code);
      if (refused) await goOn(code);
      const other = trip(...(names.map((name) => step(name)) as [SagaStep<Trip>]));
      const state = await stateOf();
      await expect(goOn(other)).rejects.toThrow(WaitError);
      expect(await stateOf()).toEqual(state);
      await goOn(code);
      expect((await stateOf()).version).toBe(state.version + 1);
    },
  );

  test('that cannot read what they carry does nothing, and says so', async () => {
    await start(before);
    const data = z.object({ to: z.enum(['Paris']) }) as unknown as typeof tripData;
    await expect(goOn({ ...before, data })).rejects.toThrow(/^the data of trip "t" does not fit: /);
    await goOn(before);
    expect(await taken()).toEqual(['book', 'pay']);
  });
});

test('what could not be read again is not written: the step that gives it fails', async () => {
  const saga = trip(step('book'), step('pay', { do: async () => ({ to: undefined }) as unknown as Trip }));
  await start(saga);
  await expect(goOn(saga)).rejects.toThrow('the data of trip "t" does not fit');
  expect(await stateOf()).toMatchObject({ step: 'pay', data: { to: 'Rome' } });
});

test('an event of a step that was taken already does nothing', async () => {
  const saga = trip(step('book'), step('pay'), step('leave'));
  await start(saga);
  const due = await newest();
  await goOn(saga);
  const { signal } = new AbortController();
  const logger = createLogger('test', 'silent');
  await outbox.transaction(requestCause('t'), (tx) =>
    callHandler(sagaReaction(saga), tx, [due as HandledEvent], { signal, logger }),
  );
  expect(await taken()).toEqual(['book', 'pay']);
});

test('nothing is left of a step that refuses after it has written, not even of what it tried itself', async () => {
  const pay = step('pay', {
    async do(tx) {
      await note(tx, 'paid');
      const conflict = attempt(tx, () => tx.$executeRaw`INSERT INTO saga (saga, id) VALUES ('trip', 't')`);
      await expect(conflict).rejects.toThrow(); // an error of the database, and the transaction goes on
      await attempt(tx, () => note(tx, 'receipt'));
      return refuse();
    },
  });
  const saga = trip(step('book'), pay);
  await start(saga);
  await goOn(saga);
  expect(await taken()).toEqual(['book']);
  expect(await stateOf()).toMatchObject({ status: 'COMPENSATING', step: 'book', reason: 'It is full.' });
});

test('the way there and back of a long saga is no storm, and neither are thousands that one request starts', async () => {
  const names = Array.from({ length: 12 }, (_, n) => `step-${n}`);
  const last = step('last', { do: refuse });
  const saga = trip(...(names.map((name) => step(name)) as [SagaStep<Trip>]), last);
  const guard = createStormGuard(sagaReaction(saga));
  await start(saga);
  do {
    expect(guard.reason(await newest())).toBeUndefined();
    await goOn(saga);
  } while ((await stateOf()).status !== 'COMPENSATED');
  expect(await taken()).toEqual([...names, ...names.toReversed().map((name) => `undo ${name}`)]);

  const one = await newest();
  for (let n = 0; n < 20_000; n += 1) expect(guard.reason({ ...one, id: String(n) })).toBeUndefined();
});

test('a name that is none, and two steps of one name, are refused', () => {
  expect(() => defineSaga({ name: 'Trip', data: tripData, steps: [step('a')] })).toThrow('lower case');
  expect(() => trip(step('a'), step('b'), step('a'))).toThrow('two steps "a"');
});
