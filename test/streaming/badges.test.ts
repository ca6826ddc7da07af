import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { earnedBadges } from '../../src/domains/streaming/badges.ts';
import { badges as read } from '../../src/domains/streaming/queries.ts';
import type { Outbox } from '../../src/outbox/transaction.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { badges } from '../../src/workers/streaming/badges.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { atSecond, openOutbox, react, recordedEvents, started } from './support.ts';

let testDatabase: TestDatabase;
let database: Database;
let outbox: Outbox;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = testDatabase.database;
  outbox = openOutbox(database);
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE outbox, badge, badge_progress');
});

const watch = (position: number, genres: string[] = []) =>
  started({ userId: 'ann', videoId: `v${position}`, position, genres });
const awarded = async () =>
  (await recordedEvents(database)).map(({ payload }) => (payload as { badge: string }).badge);

describe('earned', () => {
  test.each([
    [1, ['first-watch']],
    [9, ['first-watch']],
    [10, ['first-watch', '10-watches']],
    [50, ['first-watch', '10-watches', '50-watches']],
    [100, ['first-watch', '10-watches', '50-watches', '100-watches']],
  ])('by %i watches are %j', (watches, names) => {
    expect(earnedBadges({ watches, genres: ['a', 'b', 'c', 'd'] })).toEqual(names);
  });

  test('by five genres is five-genres', () => {
    expect(earnedBadges({ watches: 1, genres: ['a', 'b', 'c', 'd', 'e'] })).toContain('five-genres');
  });
});

test('a badge is awarded with the watch that earns it, and with no other', async () => {
  await react(outbox, badges, [watch(1)], atSecond(1));
  expect(await recordedEvents(database)).toMatchObject([
    {
      type: 'badge.awarded',
      aggregateType: 'badge',
      aggregateId: 'ann:first-watch',
      aggregateVersion: 1,
      keys: ['user:ann'],
      payload: { userId: 'ann', badge: 'first-watch' },
    },
  ]);
  await react(
    outbox,
    badges,
    [2, 3, 4, 5, 6, 7, 8, 9].map((n) => watch(n)),
  );
  expect(await awarded()).toEqual(['first-watch']);
  await react(outbox, badges, [watch(10), watch(11)], atSecond(10));
  expect(await awarded()).toEqual(['first-watch', '10-watches']);
  expect(await read(database.prisma, 'ann')).toEqual([
    { userId: 'ann', name: 'first-watch', awardedAt: atSecond(1) },
    { userId: 'ann', name: '10-watches', awardedAt: atSecond(10) },
  ]);
});

test('each badge is awarded once when many watches are handled at once', async () => {
  const events = Array.from({ length: 30 }, (_, n) => watch(n + 1, [`genre-${n % 6}`]));
  await Promise.all(events.map((event) => react(outbox, badges, [event])));
  expect((await awarded()).sort()).toEqual(['10-watches', 'first-watch', 'five-genres']);
  expect(await database.prisma.badgeProgress.findUnique({ where: { userId: 'ann' } })).toMatchObject({
    watches: 30,
    genres: ['genre-0', 'genre-1', 'genre-2', 'genre-3', 'genre-4', 'genre-5'],
  });
});

test('genres count once each, over several watches', async () => {
  await react(outbox, badges, [watch(1, ['a', 'b', 'a']), watch(2, ['b', 'c', 'd'])]);
  expect(await awarded()).not.toContain('five-genres');
  await react(outbox, badges, [watch(3, ['e'])]);
  expect(await awarded()).toContain('five-genres');
});
