import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NewEvent } from '../../src/events/define-event.ts';
import type { Envelope } from '../../src/events/envelope.ts';
import { Prisma } from '../../src/generated/prisma/client.ts';
import { newestPosition } from '../../src/outbox/head.ts';
import { createHorizon } from '../../src/outbox/horizon.ts';
import { readOutbox } from '../../src/outbox/read-outbox.ts';
import { createOutbox, type Outbox } from '../../src/outbox/transaction.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeTables } from '../support/own-tables.ts';
import { until } from '../support/until.ts';
import { cause, event, occurredAt, readRecorded } from './counted.ts';
import { connect, insert, nameOf } from './support.ts';

let testDatabase: TestDatabase;
let outbox: Outbox;
/** What was committed at each nudge, as another connection saw it */
let nudges: Promise<readonly Envelope[]>[];
const pool = () => testDatabase.database.pool;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  await makeTables(pool(), 'CREATE TABLE counter (id text PRIMARY KEY, version int NOT NULL)');
  outbox = createOutbox({ ...testDatabase.database, nudge: () => void nudges.push(recorded()) });
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  nudges = [];
  await pool().query("TRUNCATE outbox, counter; INSERT INTO counter VALUES ('counter', 0)");
});

const recorded = () => readRecorded(pool());

async function version({ read }: Pick<Outbox, 'read'> = outbox): Promise<number> {
  const rows = await read<{ version: number }>({
    name: 'version',
    query: Prisma.sql`SELECT version FROM counter`,
  });
  return rows[0]!.version;
}

/** Counts on from a version, and nothing when the counter has another. */
const countOnFrom = (
  from: number,
  events: readonly NewEvent[] = [event(from + 1)],
  { statement }: Pick<Outbox, 'statement'> = outbox,
) =>
  statement(cause, {
    name: 'count',
    change: Prisma.sql`UPDATE counter SET version = ${from + 1} WHERE id = 'counter' AND version = ${from}`,
    events,
  });

describe('a change and its events', () => {
  test('are written together', async () => {
    expect(await countOnFrom(0)).toBe(true);
    expect(await version()).toBe(1);
    expect(await recorded()).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/),
        type: 'test.counted',
        schemaVersion: 1,
        topic: 'test',
        aggregateType: 'counter',
        aggregateId: 'counter',
        aggregateVersion: 1,
        occurredAt: occurredAt.toISOString(),
        correlationId: 'request',
        causationId: null,
        actor: 'ann',
        depth: 0,
        via: [],
        keys: ['n:1'],
        payload: { n: 1 },
      },
    ]);
  });

  test('are not written when the change finds no row, and no position is used up', async () => {
    const before = await newestPosition(pool());
    expect(await countOnFrom(7)).toBe(false);
    expect(await version()).toBe(0);
    expect(await recorded()).toEqual([]);
    expect(await newestPosition(pool())).toBe(before);
    expect(nudges).toEqual([]);
  });

  test('are not written when an event cannot be', async () => {
    const unstorable = { ...event(1), payload: { text: 'a\0b' } };
    await expect(countOnFrom(0, [event(1), unstorable])).rejects.toThrow();
    expect(await version()).toBe(0);
    expect(await recorded()).toEqual([]);
    expect(nudges).toEqual([]);
  });

  test('have the events once each, in their order, however many rows were changed', async () => {
    await pool().query("INSERT INTO counter SELECT 'counter ' || n, 0 FROM generate_series(1, 9) AS n");
    const change = Prisma.sql`UPDATE counter SET version = 1`;
    const events = Array.from({ length: 300 }, (_, n) => event(n + 1));
    expect(await outbox.statement(cause, { name: 'count all', change, events })).toBe(true);
    expect((await recorded()).map(({ aggregateVersion }) => aggregateVersion)).toEqual(
      events.map(({ aggregateVersion }) => aggregateVersion),
    );
  });

  test('nudge the relay once, when others can already read the events', async () => {
    await countOnFrom(0, [event(1), event(2)]);
    expect(nudges).toHaveLength(1);
    expect(await nudges[0]).toHaveLength(2);
  });

  test('without an event change the state, and nudge nobody', async () => {
    expect(await countOnFrom(0, [])).toBe(true);
    expect(await version()).toBe(1);
    expect(nudges).toEqual([]);
  });
});

describe('a statement that waits for its row', () => {
  /** The row is locked by `holder`, and `writing` waits for it. */
  async function startWaiting() {
    const holder = await connect(testDatabase.url, 'holder');
    await holder.query('BEGIN');
    await holder.query("SELECT FROM counter WHERE id = 'counter' FOR UPDATE");
    const writing = countOnFrom(0);
    await until(async () => (await waitingFor('transactionid')) === 1, { message: 'the statement waits' });
    return { holder, writing };
  }
  const waitingFor = async (locktype: string) => {
    const { rows } = await pool().query<{ count: number }>(
      'SELECT count(*)::int AS count FROM pg_locks WHERE locktype = $1 AND NOT granted',
      [locktype],
    );
    return rows[0]!.count;
  };

  test('holds up nobody who reads the outbox meanwhile', async () => {
    const { holder, writing } = await startWaiting();
    await using _ = holder;
    await pool().query(insert('other', 1));
    const horizon = createHorizon(pool());
    expect(await horizon.advance()).toBe(await newestPosition(pool()));
    expect(horizon.waitingFor).toEqual([]);
    await holder.query('ROLLBACK');
    expect(await writing).toBe(true);
  });

  test('gets a position behind those that were given out meanwhile', async () => {
    const { holder, writing } = await startWaiting();
    await using _ = holder;
    await pool().query(insert('other', 1));
    await holder.query('ROLLBACK');
    await writing;
    const rows = await readOutbox(pool(), { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 10 });
    expect(rows.map(nameOf)).toEqual(['other:1', 'counter:1']);
  });

  test('writes nothing when the one who held the row changed it', async () => {
    const { holder, writing } = await startWaiting();
    await using _ = holder;
    await holder.query("UPDATE counter SET version = 1 WHERE id = 'counter'");
    await holder.query('COMMIT');
    expect(await writing).toBe(false);
    expect(await version()).toBe(1);
    expect(await recorded()).toEqual([]);
  });
});

test('of many who count on from the same version one is right', async () => {
  for (let from = 0; from < 20; from += 1) {
    const counts = await Promise.all(Array.from({ length: 8 }, () => countOnFrom(from)));
    expect(counts.filter(Boolean)).toHaveLength(1);
  }
  expect(await version()).toBe(20);
  expect((await recorded()).map(({ aggregateVersion }) => aggregateVersion)).toEqual(
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
});

describe('statements under a lock', () => {
  const lock = { name: 'lock', query: Prisma.sql`SELECT pg_advisory_xact_lock(1)` };

  test('never lose to others who take it, as each reads what the one before has written', async () => {
    const countOn = () =>
      outbox.locked(lock, async (held) => countOnFrom(await version(held), undefined, held));
    const counts = await Promise.all(Array.from({ length: 16 }, countOn));
    expect(counts.every(Boolean)).toBe(true);
    expect((await recorded()).map(({ aggregateVersion }) => aggregateVersion)).toEqual(
      Array.from({ length: 16 }, (_, n) => n + 1),
    );
    expect(await version()).toBe(16);
  });

  test('nudge the relay once, when others can already read all of their events', async () => {
    await outbox.locked(lock, async (held) => {
      await countOnFrom(0, undefined, held);
      await countOnFrom(1, undefined, held);
      await countOnFrom(7, undefined, held);
    });
    expect(nudges).toHaveLength(1);
    expect(await nudges[0]).toHaveLength(2);
  });

  test('leave nothing when something is thrown between them, or one of them fails unseen', async () => {
    const failing = outbox.locked(lock, async (held) => {
      await countOnFrom(0, undefined, held);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    const failingUnseen = outbox.locked(lock, async (held) => {
      await countOnFrom(0, undefined, held);
      await countOnFrom(1, [{ ...event(2), payload: { text: 'a\0b' } }], held).catch(() => {});
    });
    await expect(failingUnseen).rejects.toThrow('nothing is written');
    expect(await version()).toBe(0);
    expect(await recorded()).toEqual([]);
    expect(nudges).toEqual([]);
    expect(await outbox.locked(lock, (held) => countOnFrom(0, undefined, held))).toBe(true);
  });
});
