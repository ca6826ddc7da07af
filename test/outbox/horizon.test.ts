import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createHorizon } from '../../src/outbox/horizon.ts';
import { readOutbox } from '../../src/outbox/read-outbox.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { connect, createFollower, insert, nameOf } from './support.ts';

let testDatabase: TestDatabase;
const pool = () => testDatabase.database.pool;
const writer = () => connect(testDatabase.url);

beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
beforeEach(() => pool().query('TRUNCATE outbox RESTART IDENTITY'));

/** A transaction with position 1 is open while position 2 is committed. */
async function openFirstCommittedSecond() {
  const first = await writer();
  await first.query('BEGIN');
  await first.query(insert('first', 1));
  await pool().query(insert('second', 1));
  return first;
}

describe('a transaction that took position 1 while position 2 was committed', () => {
  test('holds the horizon, and both are read in order once it commits', async () => {
    await using first = await openFirstCommittedSecond();
    const horizon = createHorizon(pool());
    const follower = createFollower(pool(), horizon);
    for (let turn = 0; turn < 5; turn++) expect(await follower.follow()).toBe(false);
    expect(horizon.waitingFor).toHaveLength(1);

    await first.query('COMMIT');
    await follower.follow();
    expect(follower.rows.map(nameOf)).toEqual(['first:1', 'second:1']);
    expect(follower.through).toBe(2);
    expect(horizon.waitingFor).toEqual([]);
  });

  test('leaves a gap that is passed once it rolls back', async () => {
    await using first = await openFirstCommittedSecond();
    const follower = createFollower(pool(), createHorizon(pool()));
    await follower.follow();
    await first.query('ROLLBACK');
    await follower.follow();
    expect(follower.rows.map(nameOf)).toEqual(['second:1']);
    expect(follower.through).toBe(2);
  });

  test('frees the horizon when its connection is cut', async () => {
    await using first = await openFirstCommittedSecond();
    first.on('error', () => {});
    const horizon = createHorizon(pool());
    expect(await horizon.advance()).toBe(0);
    await pool().query('SELECT pg_terminate_backend($1, 5000)', [
      (first as never as { processID: number }).processID,
    ]);
    expect(await horizon.advance()).toBe(2);
  });

  test('is lost to a reader that follows "position > last" without a horizon', async () => {
    await using first = await openFirstCommittedSecond();
    const naive: string[] = [];
    let last = 0;
    const follow = async () => {
      for (const row of await readOutbox(pool(), { after: last, upTo: Number.MAX_SAFE_INTEGER, limit: 10 })) {
        naive.push(nameOf(row));
        last = row.position;
      }
    };
    await follow();
    await first.query('COMMIT');
    await follow();
    expect(naive).toEqual(['second:1']);
  });
});

describe('the horizon', () => {
  test('is before the first position while the sequence was never used, and shows the first event', async () => {
    await using fresh = await createTestDatabase();
    const follower = createFollower(fresh.database.pool, createHorizon(fresh.database.pool));
    expect(await follower.follow()).toBe(false);
    await using first = await connect(fresh.url);
    await first.query('BEGIN');
    await first.query(insert('first', 1));
    expect(await follower.follow()).toBe(false);
    await first.query('COMMIT');
    expect(await follower.follow()).toBe(true);
    expect(follower.rows.map(nameOf)).toEqual(['first:1']);
    expect(follower.rows[0]!.position).toBe(1);
  });

  test('waits only for those who were writing when it looked, not for those who came later', async () => {
    await using first = await writer();
    await using second = await writer();
    const horizon = createHorizon(pool());
    await first.query('BEGIN');
    await first.query(insert('first', 1));
    expect(await horizon.advance()).toBe(0);
    await second.query('BEGIN');
    await second.query(insert('second', 1));
    expect(await horizon.advance()).toBe(0);
    await first.query('COMMIT');
    expect(await horizon.advance()).toBe(1);
    await second.query('COMMIT');
    expect(await horizon.advance()).toBe(2);
  });

  test('goes on under writers that always overlap, however often it looks meanwhile', async () => {
    await using even = await writer();
    await using odd = await writer();
    const horizon = createHorizon(pool());
    let open = even;
    await open.query('BEGIN');
    await open.query(insert('chain', 1));
    for (let version = 2; version <= 5; version++) {
      const next = open === even ? odd : even;
      await next.query('BEGIN');
      const before = await horizon.advance();
      await next.query(insert('chain', version));
      for (let look = 0; look < 100; look++) {
        await pool().query("SELECT nextval('outbox_position_seq')"); // others' gaps: each look sees another end
        await horizon.advance();
      }
      await open.query('COMMIT');
      expect(await horizon.advance(), `after commit ${version - 1}`).toBeGreaterThan(before);
      open = next;
    }
    await open.query('COMMIT');
  });

  test('is free again after a rollback to a savepoint before the insert', async () => {
    await using client = await writer();
    const horizon = createHorizon(pool());
    await client.query('BEGIN');
    await client.query('SAVEPOINT before');
    await client.query(insert('undone', 1));
    expect(await horizon.advance()).toBe(0);
    await client.query('ROLLBACK TO before');
    expect(await horizon.advance()).toBe(1);
    await client.query(insert('done', 1));
    await pool().query(insert('other', 1));
    expect(await horizon.advance()).toBe(1);
    await client.query('COMMIT');
    expect(await horizon.advance()).toBe(3);
  });

  test('begins from what was given out, which never goes back, however fast others take positions', async () => {
    const takers = await Promise.all([writer(), writer(), writer()]);
    let taking = true;
    const taken = Promise.all(
      takers.map(async (taker) => {
        await using _own = taker;
        const take = "SELECT max(nextval('outbox_position_seq')) FROM generate_series(1, 2000)";
        while (taking) await taker.query(take);
      }),
    );
    const { rows } = await pool().query(`
      WITH seen AS MATERIALIZED (SELECT n, outbox_last_position() AS last FROM generate_series(1, 200000) AS n)
      SELECT count(DISTINCT last) > 100 AS moves, count(*) FILTER (WHERE last < before)::int AS "goesBack"
        FROM (SELECT last, lag(last) OVER (ORDER BY n) AS before FROM seen) AS neighbours`);
    taking = false;
    await taken;
    expect(rows).toEqual([{ moves: true, goesBack: 0 }]);
  });

  test('does not wait for a transaction of another database of the server', async () => {
    await using elsewhere = await createTestDatabase();
    await using client = await connect(elsewhere.url);
    await client.query('BEGIN');
    await client.query(insert('elsewhere', 1));
    await pool().query(insert('here', 1));
    expect(await createHorizon(pool()).advance()).toBe(1);
    await client.query('ROLLBACK');
  });
});
