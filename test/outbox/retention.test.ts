import type { Pool } from 'pg';
import { describe, expect, test } from 'vitest';
import { readLogRow } from '../../src/outbox/log-row.ts';
import { ensurePartitions, readPartitions } from '../../src/outbox/partitions.ts';
import {
  closePartitions,
  defaultRetention,
  dropPartition,
  findExpired,
  type Retention,
  readHolders,
} from '../../src/outbox/retention.ts';
import { createTestDatabase } from '../support/database.ts';
import {
  passDays,
  positionsOf,
  publishTo,
  shrinkFirstPartition,
  size,
  writeEvents,
} from './retention-support.ts';
import { connect, insert } from './support.ts';

/** 25 events, all published: the partitions to 9 and to 19 are full. */
async function createOutbox() {
  const database = await createTestDatabase();
  const { pool } = database.database;
  await shrinkFirstPartition(pool);
  await writeEvents(pool, 25);
  await publishTo(pool, 25);
  return { ...database, pool };
}

const keep = (days: number, topicDays: Record<string, number> = {}): Retention => ({
  days,
  topicDays: new Map(Object.entries(topicDays)),
});

/** Drops as many partitions as may go; gives the first position that is left. */
async function dropExpired(pool: Pool, retention = defaultRetention): Promise<number | undefined> {
  await closePartitions(pool);
  for (;;) {
    const expired = await findExpired(pool, retention);
    if (!expired || (await readHolders(pool, expired)).length > 0) break;
    expect(await dropPartition(pool, expired)).toBe('dropped');
  }
  return (await positionsOf(pool))[0];
}

/** Closes what is full, and lets the time pass that it is kept for. */
async function expire(pool: Pool): Promise<void> {
  await closePartitions(pool);
  await passDays(pool, 8);
}

async function holdersOf(pool: Pool): Promise<readonly string[]> {
  return readHolders(pool, (await findExpired(pool, defaultRetention))!);
}

const register = (pool: Pool, name: string, kind: 'QUEUE' | 'PROCESSOR', at: number, start = 0) =>
  pool.query(
    `INSERT INTO consumer (name, kind, types, topics, start_position, enqueued_position, paused)
     VALUES ($1, $2::consumer_kind, '{test.*}', '{test}', $4, $3, true)`,
    [name, kind, at, start],
  );

describe('events are kept for their retention', () => {
  test('which counts from when their partition was full and published', async () => {
    await using outbox = await createOutbox();
    const { pool } = outbox;
    expect(await dropExpired(pool)).toBe(1);
    await passDays(pool, 6);
    expect(await dropExpired(pool)).toBe(1);
    await passDays(pool, 1);
    expect(await dropExpired(pool)).toBe(20);
    expect((await readLogRow(pool)).floor).toBe(19);
    await passDays(pool, 1_000);
    expect(await dropExpired(pool), 'what is still being filled stays').toBe(20);
  });

  test('whatever the clocks say by which their rows were stamped', async () => {
    await using outbox = await createOutbox();
    const { pool } = outbox;
    await pool.query("UPDATE outbox SET occurred_at = now() - interval '3 years'");
    expect(await dropExpired(pool)).toBe(1);
  });

  test('and a partition for the longest of the topics in it, those behind it as long', async () => {
    await using outbox = await createOutbox();
    const { pool } = outbox;
    await pool.query("UPDATE outbox SET topic = 'audit' WHERE position = 3");
    await closePartitions(pool);
    await passDays(pool, 29);
    expect(await dropExpired(pool, keep(7, { audit: 30 }))).toBe(1);
    await passDays(pool, 1);
    expect(await dropExpired(pool, keep(7, { audit: 30 }))).toBe(20);
  });

  test('or for ever', async () => {
    await using outbox = await createOutbox();
    const { pool } = outbox;
    await closePartitions(pool);
    await passDays(pool, 10_000);
    expect(await dropExpired(pool, keep(Number.POSITIVE_INFINITY))).toBe(1);
    expect(await dropExpired(pool, keep(7, { test: Number.POSITIVE_INFINITY }))).toBe(1);
    expect(await dropExpired(pool, keep(Number.POSITIVE_INFINITY, { test: 1 }))).toBe(20);
  });

  test('in the default partition too, which is emptied whole', async () => {
    await using database = await createTestDatabase();
    const { pool } = database.database;
    await shrinkFirstPartition(pool);
    await pool.query(insert('a', ...Array.from({ length: 25 }, (_, n) => n + 1)));
    await ensurePartitions(pool, size);
    await writeEvents(pool, 20);
    await publishTo(pool, 45);
    await expire(pool);
    expect(await dropExpired(pool)).toBe(40);
    expect((await readLogRow(pool)).floor).toBe(39);
    const { rows } = await pool.query('SELECT count(*) AS rows FROM outbox_default');
    expect(rows[0].rows).toBe(0);
  });
});

describe('nothing is dropped that somebody has not passed', () => {
  test('be it the stream sink', async () => {
    await using outbox = await createOutbox();
    const { pool } = outbox;
    await publishTo(pool, 8);
    await expire(pool);
    expect(await findExpired(pool, defaultRetention)).toBeUndefined();
    await publishTo(pool, 25);
    await expire(pool);
    await publishTo(pool, 8); // as after a restored backup
    expect(await holdersOf(pool)).toEqual(['sink streams']);
    await publishTo(pool, 9);
    expect(await dropExpired(pool)).toBe(10);
  });

  test('a processor, each of its slots, paused or not', async () => {
    await using outbox = await createOutbox();
    const { pool } = outbox;
    await register(pool, 'rankings', 'PROCESSOR', 0);
    await expire(pool);
    expect(await holdersOf(pool), 'it has no checkpoint yet').toEqual(['consumer rankings']);
    await pool.query(
      "INSERT INTO processor_checkpoint (processor, slot, position) VALUES ('rankings', 0, 25), ('rankings', 1, 8)",
    );
    expect(await holdersOf(pool)).toEqual(['consumer rankings']);
    await pool.query('UPDATE processor_checkpoint SET position = 9 WHERE slot = 1');
    expect(await dropExpired(pool)).toBe(10);
    await pool.query("DELETE FROM consumer WHERE name = 'rankings'");
    expect(await dropExpired(pool), 'one that is deregistered holds nothing').toBe(20);
  });

  test('a queue consumer, for which nothing was enqueued yet', async () => {
    await using outbox = await createOutbox();
    const { pool } = outbox;
    await register(pool, 'emails', 'QUEUE', 8);
    await register(pool, 'new', 'QUEUE', 25, 25);
    await expire(pool);
    expect(await holdersOf(pool)).toEqual(['consumer emails']);
  });

  test('or one whose jobs would be lost with Redis: neither handled nor dead letters', async () => {
    await using outbox = await createOutbox();
    const { pool } = outbox;
    await register(pool, 'emails', 'QUEUE', 25, 4);
    await pool.query("UPDATE outbox SET type = 'other.happened' WHERE position = 7");
    await expire(pool);
    await pool.query(
      "INSERT INTO inbox (consumer, event_id, position) SELECT 'emails', id, position FROM outbox WHERE position IN (5, 6, 8)",
    );
    expect(await holdersOf(pool)).toEqual(['consumer emails']);
    await pool.query(
      `INSERT INTO dead_letter (id, consumer, event_id, position, correlation_id, event, error, attempts)
       SELECT gen_random_uuid(), 'emails', id, position, 'test', '{}', 'poison', 5 FROM outbox WHERE position = 9`,
    );
    expect(await dropExpired(pool)).toBe(10);
  });

  test('nor what a consumer needs that registered a moment ago', async () => {
    await using outbox = await createOutbox();
    const { pool } = outbox;
    await expire(pool);
    const expired = (await findExpired(pool, defaultRetention))!;
    expect(await readHolders(pool, expired)).toEqual([]);
    await register(pool, 'late', 'QUEUE', 0);
    expect(await dropPartition(pool, expired)).toBe('busy');
    expect((await positionsOf(pool))[0]).toBe(1);
    expect((await readLogRow(pool)).floor).toBe(0);
  });

  test('though all was enqueued for it since, and not handled', async () => {
    await using outbox = await createOutbox();
    const { pool } = outbox;
    await expire(pool);
    const expired = (await findExpired(pool, defaultRetention))!;
    expect(await readHolders(pool, expired)).toEqual([]);
    await register(pool, 'late', 'QUEUE', 25);
    expect(await dropPartition(pool, expired)).toBe('busy');
    expect((await readLogRow(pool)).floor).toBe(0);
    await pool.query(
      "INSERT INTO inbox (consumer, event_id, position) SELECT 'late', id, position FROM outbox",
    );
    expect(await dropPartition(pool, expired)).toBe('dropped');
  });
});

describe('dropping gives way', () => {
  test('to a reader that is at it; mutations go on, and it goes when the reader has ended', async () => {
    await using outbox = await createOutbox();
    const { pool } = outbox;
    await using reader = await connect(outbox.url, 'reader');
    await reader.query('BEGIN');
    await reader.query('SELECT position FROM outbox WHERE position < 5');
    await expire(pool);
    const expired = (await findExpired(pool, defaultRetention))!;
    const dropping = dropPartition(pool, expired);
    await pool.query(insert('meanwhile', 1));
    expect(await dropping).toBe('busy');
    expect((await readPartitions(pool))[0]!.name).toBe(expired.name);
    expect((await readLogRow(pool)).floor).toBe(0);
    await reader.query('COMMIT');
    expect(await dropPartition(pool, expired)).toBe('dropped');
  });

  test('to a transaction that has written and not ended', async () => {
    await using outbox = await createOutbox();
    const { pool } = outbox;
    await using writer = await connect(outbox.url, 'writer');
    await expire(pool);
    await writer.query('BEGIN');
    await writer.query(insert('open', 1));
    const expired = (await findExpired(pool, defaultRetention))!;
    expect(await dropPartition(pool, expired)).toBe('busy');
    await writer.query('COMMIT');
    expect(await dropPartition(pool, expired)).toBe('dropped');
  });
});
