import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { once } from '../../src/domains/idempotency.ts';
import { upsertVideos } from '../../src/domains/streaming/catalogue.ts';
import { startWatching, stopWatching } from '../../src/domains/streaming/commands.ts';
import type { Outbox } from '../../src/outbox/transaction.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { atSecond, cause, film, openOutbox, recordedEvents, t0 } from './support.ts';

let testDatabase: TestDatabase;
let database: Database;
let outbox: Outbox;
const asked = { userId: 'ann', videoId: 'metropolis', quality: 'HD', idempotencyKey: 'key-1' } as const;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = testDatabase.database;
  outbox = openOutbox(database);
  await upsertVideos(database.prisma, [film('metropolis'), film('faust')]);
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE outbox, watch_session, idempotency_key');
});

describe('the same key again', () => {
  test('gives the first answer, even when the session has gone on since', async () => {
    const first = await startWatching(outbox, cause, asked, t0);
    await stopWatching(outbox, cause, { sessionId: first.id }, atSecond(10));
    expect(await startWatching(outbox, cause, asked, atSecond(20))).toEqual(first);
    expect(await database.prisma.watchSession.count()).toBe(1);
  });

  test('ten times at once has one effect and one answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => startWatching(outbox, cause, asked, atSecond(n))),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await database.prisma.watchSession.count()).toBe(1);
    expect(await recordedEvents(database)).toHaveLength(1);
  });

  test.each([
    ['another user', { userId: 'bob' }],
    ['another video', { videoId: 'faust' }],
    ['another quality', { quality: 'SD' }],
  ] as const)('with %s is refused', async (_, other) => {
    await startWatching(outbox, cause, asked, t0);
    await expect(startWatching(outbox, cause, { ...asked, ...other }, t0)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(await recordedEvents(database)).toHaveLength(1);
  });

  test('of another operation is another key', async () => {
    await startWatching(outbox, cause, asked, t0);
    const ran = await run('other', async () => 'ran');
    expect(ran).toBe('ran');
  });

  test('runs the work again when the first attempt threw', async () => {
    const failed = run('op', () => Promise.reject(new Error('first')));
    await expect(failed).rejects.toThrow('first');
    expect(await run('op', async () => 'second')).toBe('second');
    expect(await run('op', async () => 'third')).toBe('second');
  });
});

test('without a key every call has an effect', async () => {
  const { idempotencyKey, ...args } = asked;
  const first = await startWatching(outbox, cause, args, t0);
  const second = await startWatching(outbox, cause, { ...args, idempotencyKey: null }, t0);
  expect(second.id).not.toBe(first.id);
  expect(await database.prisma.idempotencyKey.count({ where: { key: idempotencyKey } })).toBe(0);
});

test('the order in which arguments are named makes no difference', async () => {
  await run('op', async () => 'first', { a: 1, b: 2 });
  expect(await run('op', async () => 'second', { b: 2, a: 1 })).toBe('first');
});

function run(operation: string, work: () => Promise<string>, args: Record<string, number> = {}) {
  const request = { operation, key: 'key-1', arguments: args, answer: z.string() };
  return outbox.transaction(cause, (tx) => once(tx, request, work));
}
