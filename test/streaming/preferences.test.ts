import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { qualityChanged } from '../../src/domains/streaming/events.ts';
import { preferences as read } from '../../src/domains/streaming/queries.ts';
import type { Outbox } from '../../src/outbox/transaction.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { preferences } from '../../src/workers/streaming/preferences.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { atSecond, inLog, openOutbox, react, started, t0 } from './support.ts';

let testDatabase: TestDatabase;
let database: Database;
let outbox: Outbox;
const thirtyDays = 30 * 24 * 60 * 60;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = testDatabase.database;
  outbox = openOutbox(database);
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE preference_genre, preference_quality');
});

const watch = (genres: string[], at: Date) =>
  started({ userId: 'ann', videoId: 'v', position: 1, genres, at });

describe('a score', () => {
  test('is halved by 30 days, when it is read and when more is added', async () => {
    await react(outbox, preferences, [watch(['Drama'], t0), watch(['Drama', 'War'], atSecond(thirtyDays))]);
    const { favouriteGenres } = await read(database.prisma, 'ann', atSecond(thirtyDays));
    expect(favouriteGenres).toEqual([
      { genre: 'Drama', score: expect.closeTo(1.5, 9) },
      { genre: 'War', score: expect.closeTo(1, 9) },
    ]);
    const later = await read(database.prisma, 'ann', atSecond(2 * thirtyDays));
    expect(later.favouriteGenres[0]?.score).toBeCloseTo(0.75, 9);
  });

  test('is the same in whichever order the events are handled', async () => {
    const events = [0, 3, 45, 12, 80].map((days) => watch(['Drama'], atSecond(days * 24 * 60 * 60)));
    const scores: number[] = [];
    for (const order of [events, [...events].reverse()]) {
      await database.pool.query('TRUNCATE preference_genre, preference_quality');
      await react(outbox, preferences, order);
      const { favouriteGenres } = await read(database.prisma, 'ann', atSecond(4 * thirtyDays));
      scores.push(favouriteGenres[0]!.score);
    }
    expect(scores[0]).toBeCloseTo(scores[1]!, 9);
  });

  test('is the same however the events are cut into batches', async () => {
    const events = Array.from({ length: 30 }, (_, n) =>
      watch(n % 2 ? ['A', 'B', 'C'] : ['C', 'B', 'A'], atSecond(n)),
    );
    await react(outbox, preferences, events.slice(0, 7));
    for (const event of events.slice(7, 12)) await react(outbox, preferences, [event]);
    await react(outbox, preferences, events.slice(12));
    const { favouriteGenres } = await read(database.prisma, 'ann', atSecond(29));
    expect(favouriteGenres).toEqual(
      ['A', 'B', 'C'].map((genre) => ({ genre, score: expect.closeTo(30, 2) })),
    );
  });
});

test('the preferred quality follows what is chosen', async () => {
  expect((await read(database.prisma, 'ann', t0)).preferredQuality).toBeNull();
  await react(outbox, preferences, [watch([], t0)]);
  expect((await read(database.prisma, 'ann', t0)).preferredQuality).toBe('HD');
  const payload = { sessionId: 's', userId: 'ann', videoId: 'v', from: 'HD', to: 'UHD' } as const;
  const event = { aggregateId: 's', aggregateVersion: 2, occurredAt: atSecond(1), payload };
  const changed = inLog(qualityChanged.of(event), 2);
  await react(outbox, preferences, [changed]);
  expect((await read(database.prisma, 'ann', atSecond(1))).preferredQuality).toBe('UHD');
});

test('ten genres are shown, best first', async () => {
  const genres = Array.from({ length: 12 }, (_, n) => `genre-${String(n).padStart(2, '0')}`);
  await react(outbox, preferences, [watch(genres, t0), watch(['genre-11'], t0)]);
  const { favouriteGenres } = await read(database.prisma, 'ann', t0);
  expect(favouriteGenres.map(({ genre }) => genre)).toEqual(['genre-11', ...genres.slice(0, 9)]);
});
