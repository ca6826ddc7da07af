/** The claim that everything else rests on: nothing lost, nothing doubled, no aggregate reordered, whatever writers do. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newestPosition } from '../../src/outbox/head.ts';
import { createHorizon } from '../../src/outbox/horizon.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeTables } from '../support/own-tables.ts';
import { until } from '../support/until.ts';
import { connect, createFollower, insert, nameOf } from './support.ts';

const writers = 24;
const transactionsEach = 150;
const aggregates = 12;

let testDatabase: TestDatabase;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  await makeTables(
    testDatabase.database.pool,
    `
    CREATE TABLE counted (id int PRIMARY KEY, version int NOT NULL);
    INSERT INTO counted SELECT n, 0 FROM generate_series(1, ${aggregates}) AS n;
    CREATE TABLE unrelated (id int)`,
  );
});
afterAll(() => testDatabase.drop());

test('a reader loses, doubles and reorders nothing of what 24 contending writers commit', async () => {
  const { pool } = testDatabase.database;
  // a write transaction of somebody else, older than all that follows, and open to the end
  await using unrelated = await connect(testDatabase.url, 'unrelated');
  await unrelated.query('BEGIN');
  await unrelated.query('INSERT INTO unrelated VALUES (1)');

  const horizon = createHorizon(pool);
  const follower = createFollower(pool, horizon);
  let writing = true;
  let waits = 0;
  const reading = (async () => {
    while (writing) {
      const moved = await follower.follow();
      if (horizon.waitingFor.length > 0) waits += 1;
      if (!moved) await delay(1);
    }
  })();
  const results = await Promise.all(
    // however fast they are, they go on until the run is one in which a simpler reader would have failed
    Array.from({ length: writers }, () => runWriter(testDatabase.url, () => waits > 100)),
  );
  writing = false;
  await reading;

  const newest = await newestPosition(pool);
  await until(async () => (await follower.follow()) === false && follower.through >= newest, {
    message: () =>
      `the reader reaches ${newest}; it is at ${follower.through}, waiting for ${horizon.waitingFor}`,
  });
  const { rows: open } = await unrelated.query(
    'SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS "isOpen"',
  );
  expect(open, 'the unrelated transaction is still open').toEqual([{ isOpen: true }]);

  const committed = results.flatMap((result) => result.committed);
  const rolledBack = results.reduce((sum, result) => sum + result.rolledBack, 0);
  const read = follower.rows.map(nameOf);
  const wasRead = new Set(read);
  expect(
    committed.filter((name) => !wasRead.has(name)),
    'lost',
  ).toEqual([]);
  expect(read.length - wasRead.size, 'doubled').toBe(0);
  expect(read.length, 'read and never committed').toBe(committed.length);
  expect(inversions(read), 'inverted within an aggregate').toEqual([]);
  expect(
    follower.rows.filter((row, n) => n > 0 && row.position <= follower.rows[n - 1]!.position),
    'positions that do not increase',
  ).toEqual([]);

  expect(committed.length).toBeGreaterThan(3_000);
  expect(rolledBack).toBeGreaterThan(100);
  await unrelated.query('ROLLBACK');
});

interface Written {
  /** `<aggregate>:<version>` of each committed event */
  readonly committed: string[];
  rolledBack: number;
}

async function runWriter(url: string, isOver: () => boolean): Promise<Written> {
  await using client = await connect(url);
  const written: Written = { committed: [], rolledBack: 0 };
  for (let n = 0; n < transactionsEach || !isOver(); n++) {
    await client.query('BEGIN');
    if (chance(0.3)) {
      // an xid that is older than those of transactions that write before this one
      await client.query('SELECT pg_current_xact_id()');
      await delay(Math.random() * 6);
    }
    const names = await writeEvents(client);
    if (chance(0.4)) await delay(Math.random() * 5);
    if (chance(0.12)) {
      await client.query('ROLLBACK');
      written.rolledBack += 1;
    } else {
      await client.query('COMMIT');
      written.committed.push(...names);
    }
  }
  return written;
}

/** Takes the aggregate's lock, then its next versions, then inserts, as a command does. */
async function writeEvents(client: Client): Promise<readonly string[]> {
  const aggregate = 1 + Math.floor(Math.random() ** 2 * aggregates);
  const count = chance(0.25) ? 3 : 1;
  const { rows } = await client.query<{ version: number }>(
    'UPDATE counted SET version = version + $2 WHERE id = $1 RETURNING version',
    [aggregate, count],
  );
  const versions = Array.from({ length: count }, (_, n) => rows[0]!.version - count + 1 + n);
  if (chance(0.15)) {
    await client.query('SAVEPOINT before');
    await client.query(insert('undone', ...versions));
    if (chance(0.5)) await delay(Math.random() * 3);
    await client.query('ROLLBACK TO before');
  } else if (chance(0.1)) {
    await client.query('SAVEPOINT kept');
  }
  await client.query(insert(String(aggregate), ...versions));
  return versions.map((version) => `${aggregate}:${version}`);
}

function inversions(names: readonly string[]): readonly string[] {
  const last = new Map<string, number>();
  return names.filter((name) => {
    const [aggregate = '', version] = name.split(':');
    const inverted = Number(version) <= (last.get(aggregate) ?? 0);
    last.set(aggregate, Number(version));
    return inverted;
  });
}

const chance = (probability: number) => Math.random() < probability;
