import { expect, test } from 'vitest';
import { ensurePartitions, readPartitions } from '../../src/outbox/partitions.ts';
import { createTestDatabase } from '../support/database.ts';
import { positionsOf, shrinkFirstPartition, size, writeEvents } from './retention-support.ts';
import { connect, insert } from './support.ts';

const rangesOf = async (pool: Parameters<typeof readPartitions>[0]) =>
  (await readPartitions(pool)).map(({ name, from, to }) => `${name} ${from}-${to}`);

test('a partition is made while the one before it is still being filled, and none twice', async () => {
  await using database = await createTestDatabase();
  const { pool } = database.database;
  await shrinkFirstPartition(pool);
  await ensurePartitions(pool, size);
  await ensurePartitions(pool, size);
  expect(await rangesOf(pool)).toEqual(['outbox_p0 0-10', 'outbox_p10 10-20']);
  await writeEvents(pool, 12);
  expect(await rangesOf(pool)).toEqual(['outbox_p0 0-10', 'outbox_p10 10-20', 'outbox_p20 20-30']);
  const { rows } = await pool.query('SELECT count(*) AS rows FROM outbox_default');
  expect(rows[0].rows).toBe(0);
});

test('a new partition has the indexes and the rights of the first one', async () => {
  await using database = await createTestDatabase();
  const { pool } = database.database;
  await shrinkFirstPartition(pool);
  await pool.query('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON outbox_p0 FROM PUBLIC');
  await ensurePartitions(pool, size);
  const describe = async (name: string) => {
    const indexes = await pool.query(
      `SELECT pg_get_indexdef(indexrelid) AS definition, inhparent::regclass::text AS parent
         FROM pg_index JOIN pg_inherits ON inhrelid = indexrelid WHERE indrelid = $1::regclass ORDER BY parent`,
      [name],
    );
    const rights = await pool.query('SELECT relacl::text AS rights FROM pg_class WHERE oid = $1::regclass', [
      name,
    ]);
    return {
      indexes: indexes.rows.map(({ parent, definition }) => [parent, definition.split('USING')[1]]),
      rights: rights.rows,
    };
  };
  expect(await describe('outbox_p10')).toEqual(await describe('outbox_p0'));
});

test('an open transaction that has written does not hold up a new partition, nor a new partition a mutation', async () => {
  await using database = await createTestDatabase();
  const { pool } = database.database;
  await shrinkFirstPartition(pool);
  await using writer = await connect(database.url);
  await writer.query('BEGIN');
  await writer.query(insert('open', 1));
  await ensurePartitions(pool, size);
  await pool.query(insert('other', 1));
  await writer.query('COMMIT');
  expect(await rangesOf(pool)).toHaveLength(2);
});

test('while nobody made partitions, events went to the default one; then new ones are made beyond it', async () => {
  await using database = await createTestDatabase();
  const { pool } = database.database;
  await shrinkFirstPartition(pool);
  await pool.query(insert('a', ...Array.from({ length: 25 }, (_, n) => n + 1)));
  await ensurePartitions(pool, size);
  expect(await rangesOf(pool)).toEqual(['outbox_p0 0-10', 'outbox_p30 30-40']);
  await writeEvents(pool, 15);
  expect(await positionsOf(pool)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
  const { rows } = await pool.query('SELECT max(position) AS last FROM outbox_default');
  expect(rows[0].last).toBe(29);
});
