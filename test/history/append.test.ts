import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fact } from '../../src/history/aggregate.ts';
import { changeIn } from '../../src/history/change.ts';
import type { History } from '../../src/history/history.ts';
import { eventsAfter, insertOf, lockOf } from '../../src/history/rows.ts';
import { readRecorded } from '../outbox/counted.ts';
import { connect } from '../outbox/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { cause, count, counted, counter, counting, openHistory, t0 } from './counter.ts';

let testDatabase: TestDatabase;
/** Two that know nothing of each other, as two processes */
let history: History;
let other: History;
const pool = () => testDatabase.database.pool;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  await pool().query('TRUNCATE outbox, history, history_snapshot');
  history = openHistory(testDatabase.database);
  other = openHistory(testDatabase.database);
});

const versions = async (id = 'a') => {
  const { events } = await history.page(counter, id, { from: 'first', count: 1_000 });
  return events.map(({ version }) => version);
};

describe('a command', () => {
  test('leaves one event in the history and in the outbox, with the same id, and who gave it because of what', async () => {
    const after = await count(history, 'a', [5, -2], { why: 'both' });
    expect(after).toEqual({ state: { sum: 3n, wipes: 0 }, version: 2, occurredAt: t0 });
    const { events } = await history.page(counter, 'a', { from: 'first', count: 10 });
    expect(events[1]).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/),
      type: 'test.counted',
      schemaVersion: 2,
      aggregateType: 'counter',
      aggregateId: 'a',
      version: 2,
      occurredAt: t0,
      correlationId: 'request',
      causationId: null,
      actor: 'ann',
      payload: { n: -2, why: 'both' },
    });
    expect(await readRecorded(pool())).toMatchObject(
      events.map(({ version, occurredAt, ...event }) => ({
        ...event,
        aggregateVersion: version,
        occurredAt: occurredAt.toISOString(),
      })),
    );
  });

  test('that decides nothing writes nothing, and gives the aggregate as it is', async () => {
    expect(await count(history, 'a', [])).toEqual({
      state: counter.initial,
      version: 0,
      occurredAt: undefined,
    });
    await count(history, 'a', [1]);
    await count(other, 'a', [1]);
    expect(await count(history, 'a', [])).toMatchObject({ state: { sum: 2n }, version: 2 });
    expect(await readRecorded(pool())).toHaveLength(2);
  });

  test('is refused on what is there, and not on what this process remembers', async () => {
    await count(history, 'a', [1]);
    await count(other, 'a', [10]);
    expect(await count(history, 'a', [-5])).toMatchObject({ state: { sum: 6n }, version: 3 });
    await count(other, 'a', [-6]);
    await expect(count(history, 'a', [-1])).rejects.toMatchObject({ code: 'BELOW_NOTHING' });
  });

  test('is decided on what is there after a backup was restored, and not on what was lost with it', async () => {
    await count(history, 'a', [1, 100]);
    await pool().query('DELETE FROM history WHERE version = 2');
    await count(other, 'a', [1], { now: new Date(t0.getTime() + 1) });
    await expect(count(history, 'a', [-50])).rejects.toMatchObject({ code: 'BELOW_NOTHING' });
    expect(await count(history, 'a', [1])).toMatchObject({ state: { sum: 3n }, version: 3 });
  });

  test('never occurs before the one before it, whatever the clocks say', async () => {
    await count(history, 'a', [1], { now: t0 });
    const { occurredAt } = await count(history, 'a', [1], { now: new Date(t0.getTime() - 1_000) });
    expect(occurredAt).toEqual(t0);
  });
});

describe('an expected version', () => {
  test('lets a command through at that version only, and says what it is otherwise', async () => {
    await count(history, 'a', [1, 1], { expectedVersion: 0 });
    await count(other, 'a', [1], { expectedVersion: 2 });
    // this process remembers version 2
    await expect(count(history, 'a', [1], { expectedVersion: 2 })).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
      message: 'The counter "a" is at version 3, not 2. Look at it again, and decide again.',
      details: { currentVersion: 3 },
    });
    await expect(count(history, 'a', [1], { expectedVersion: 7 })).rejects.toMatchObject({
      details: { currentVersion: 3 },
    });
    expect(await versions()).toEqual([1, 2, 3]);
  });
});

describe('an append', () => {
  /** Inserts what follows on a version that the caller believes in. */
  const insert = (
    version: number,
    occurredAt: Date | undefined,
    numbers: readonly number[],
    ifFree = false,
  ) => {
    const facts = numbers.map((n) => fact(counted, { n, why: 'test' }));
    const written = eventsAfter('a', version, facts, t0).map((event) => ({ cause, event }));
    return testDatabase.database.prisma.$executeRaw(
      insertOf({ type: 'counter', id: 'a' }, { version, occurredAt }, written, { ifFree }),
    );
  };

  test('of several events is all or nothing', async () => {
    await count(history, 'a', [1, 1]);
    await expect(insert(1, t0, [1, 1])).rejects.toThrow(/history_pkey|Unique constraint/);
    expect(await versions()).toEqual([1, 2]);
    expect(await insert(2, t0, [1, 1])).toBe(2);
    expect(await versions()).toEqual([1, 2, 3, 4]);
  });

  test('cannot leave a hole', async () => {
    await count(history, 'a', [1]);
    expect(await insert(2, t0, [1])).toBe(0);
    expect(await insert(9, t0, [1], true)).toBe(0);
    expect(await versions()).toEqual([1]);
  });

  test('finds nothing to follow on when its version is taken, or is not the one that was read', async () => {
    await count(history, 'a', [1, 1]);
    expect(await insert(1, t0, [1], true)).toBe(0);
    // a restored backup can put another event in the place of one that was read
    expect(await insert(2, new Date(t0.getTime() + 1), [1], true)).toBe(0);
    expect(await versions()).toEqual([1, 2]);
  });

  test('that the database does not take is refused alone, without those that waited with it', async () => {
    const commands = [1, 2, 3, 4].map((n) => count(history, 'a', [n], { why: n === 3 ? 'a\0b' : 'test' }));
    const answers = await Promise.allSettled(commands);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await openHistory(testDatabase.database).load(counter, 'a')).toMatchObject({ state: { sum: 7n } });
    expect(await readRecorded(pool())).toHaveLength(3);
  });
});

describe('a change within a transaction', () => {
  test('is committed with what else is written, or not at all', async () => {
    const failing = history.outbox.transaction(cause, async (tx) => {
      await changeIn(tx, counter, 'a', counting([1]));
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await versions()).toEqual([]);
    await history.outbox.transaction(cause, async (tx) => {
      await changeIn(tx, counter, 'a', counting([1]));
      expect(await changeIn(tx, counter, 'a', counting([1]))).toMatchObject({
        state: { sum: 2n },
        version: 2,
      });
      await expect(changeIn(tx, counter, 'a', counting([-3]))).rejects.toMatchObject({
        code: 'BELOW_NOTHING',
      });
      await changeIn(tx, counter, 'b', counting([1]));
    });
    const { events } = await history.page(counter, 'a', { from: 'first', count: 10 });
    const recorded = await readRecorded(pool());
    expect(recorded.map(({ aggregateId, aggregateVersion }) => `${aggregateId}${aggregateVersion}`)).toEqual([
      'a1',
      'a2',
      'b1',
    ]);
    expect(recorded.slice(0, 2).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  });

  test('does not lose to a command that is given meanwhile, which comes after it', async () => {
    await count(history, 'a', [1]);
    let meanwhile: Promise<unknown> = Promise.resolve();
    await history.outbox.transaction(cause, async (tx) => {
      const { version } = await changeIn(tx, counter, 'a', counting([1]));
      expect(version).toBe(2);
      meanwhile = count(other, 'a', [1]);
      await untilLockIsWaitedFor();
    });
    expect(await meanwhile).toMatchObject({ state: { sum: 3n }, version: 3 });
  });
});

describe('when its connection is killed', () => {
  test('a command that waits to be written leaves nothing', async () => {
    await count(history, 'a', [1]);
    const holder = await connect(testDatabase.url, 'holder');
    await holder.query('BEGIN');
    const { text, values } = lockOf({ type: 'counter', id: 'a' });
    await holder.query({ text, values });
    const command = count(history, 'a', [1, 1]);
    const refused = expect(command).rejects.toThrow(/terminat|closed/i);
    const pid = await untilLockIsWaitedFor();
    await pool().query('SELECT pg_terminate_backend($1)', [pid]);
    await refused;
    await holder.query('COMMIT');
    await holder.end();
    expect(await versions()).toEqual([1]);
    expect(await readRecorded(pool())).toHaveLength(1);
    expect(await count(history, 'a', [1, 1])).toMatchObject({ version: 3 });
  });

  test('a transaction leaves nothing of the changes that it has made', async () => {
    const killed = history.outbox.transaction(cause, async (tx) => {
      await changeIn(tx, counter, 'a', counting([1, 1]));
      const [backend] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
      await pool().query('SELECT pg_terminate_backend($1)', [backend!.pid]);
    });
    await expect(killed).rejects.toThrow();
    expect(await versions()).toEqual([]);
    expect(await readRecorded(pool())).toEqual([]);
  });
});

/** Gives the backend that waits for an aggregate. */
const untilLockIsWaitedFor = () =>
  until(
    async () => {
      const { rows } = await pool().query<{ pid: number }>(
        `SELECT pid FROM pg_locks
          WHERE locktype = 'advisory' AND NOT granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      return rows[0]?.pid;
    },
    { message: 'a backend waits for the aggregate' },
  );
