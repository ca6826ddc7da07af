import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  learn,
  recommend,
  recommendAll,
  type Watch,
} from '../../src/domains/streaming/recommendation-model.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = testDatabase.database;
});
afterAll(() => testDatabase.drop());
beforeEach(forget);

async function forget() {
  await database.pool.query('TRUNCATE recommendation_history, recommendation_video, recommendation_pair');
}

const learnAll = (watches: readonly Watch[]) => database.prisma.$transaction((tx) => learn(tx, watches));

/** `ann: 'a b'` is that ann watches a, then b; the users one after another. */
function watchesOf(users: Record<string, string>): Watch[] {
  return Object.entries(users)
    .flatMap(([userId, videoIds]) => videoIds.split(' ').map((videoId) => ({ userId, videoId })))
    .map((watch, index) => ({ ...watch, position: index + 1 }));
}

/** All that the model knows, in a fixed order. */
async function knowledge() {
  const { prisma } = database;
  return {
    history: await prisma.recommendationHistory.findMany({
      orderBy: [{ userId: 'asc' }, { videoId: 'asc' }],
    }),
    videos: await prisma.recommendationVideo.findMany({ orderBy: { videoId: 'asc' } }),
    pairs: await pairs(),
  };
}

async function pairs() {
  const { rows } = await database.pool.query<{ videoId: string; nextId: string; viewers: number }>(
    `SELECT video_id AS "videoId", next_id AS "nextId", viewers FROM recommendation_pair ORDER BY video_id, next_id`,
  );
  return rows;
}

describe('learning', () => {
  test('counts who watched this and later that, each user once', async () => {
    await learnAll(watchesOf({ ann: 'a b a c', bob: 'a c' }));
    const { videos, pairs, history } = await knowledge();
    expect(videos).toEqual([
      { videoId: 'a', viewers: 2 },
      { videoId: 'b', viewers: 1 },
      { videoId: 'c', viewers: 2 },
    ]);
    expect(pairs).toEqual([
      { videoId: 'a', nextId: 'b', viewers: 1 },
      { videoId: 'a', nextId: 'c', viewers: 2 },
      { videoId: 'b', nextId: 'c', viewers: 1 },
    ]);
    // the second watch of a has not moved it
    expect(history.find(({ userId, videoId }) => userId === 'ann' && videoId === 'a')?.position).toBe(1n);
  });

  test('remembers the last 20 videos for a pair, and no more', async () => {
    const videoIds = Array.from({ length: 22 }, (_, n) => `v${String(n).padStart(2, '0')}`);
    await learnAll(watchesOf({ ann: videoIds.join(' ') }));
    const before = (await pairs()).filter(({ nextId }) => nextId === 'v21');
    expect(before.map(({ videoId }) => videoId)).toEqual(videoIds.slice(1, 21));
  });

  test('in batches comes to the same as one by one', async () => {
    const id = (prefix: string, max: number) => fc.integer({ min: 0, max }).map((n) => `${prefix}${n}`);
    const logs = fc
      .array(fc.record({ userId: id('u', 3), videoId: id('v', 40) }), { minLength: 1, maxLength: 160 })
      .map((watches) => watches.map((watch, index) => ({ ...watch, position: index + 1 })));
    await fc.assert(
      fc.asyncProperty(logs, fc.integer({ min: 2, max: 70 }), async (watches, batchSize) => {
        await forget();
        for (const watch of watches) await learnAll([watch]);
        const oneByOne = await knowledge();
        await forget();
        for (let from = 0; from < watches.length; from += batchSize) {
          await learnAll(watches.slice(from, from + batchSize));
        }
        expect(await knowledge()).toEqual(oneByOne);
      }),
      { numRuns: 10 },
    );
  });
});

describe('recommending', () => {
  test('holds the popularity of a video against it, when as many went on to it as to another', async () => {
    // both come once after a and once after b; d is the more popular, so that its pairs say less
    await learnAll(watchesOf({ u1: 'a c', u2: 'b c', u3: 'a d', u4: 'b d', u5: 'd', u6: 'd', me: 'a b' }));
    expect(await recommend(database.prisma, 'me', 10)).toEqual(['c', 'd']);
  });

  test('counts what was watched last for more than what was watched before', async () => {
    // x after a and y after b are alike, but for which of a and b I watched last
    await learnAll(watchesOf({ u1: 'a x', u2: 'b y', ab: 'a b', ba: 'b a' }));
    expect((await recommend(database.prisma, 'ab', 2))[0]).toBe('y');
    expect((await recommend(database.prisma, 'ba', 2))[0]).toBe('x');
  });

  test('gives the order that the formula gives when it is worked out by hand', async () => {
    const watches = randomWatches();
    await learnAll(watches);
    for (const userId of ['u0', 'u1', 'u2', 'u3']) {
      expect(await recommend(database.prisma, userId, 10)).toEqual(byHand(watches, userId).slice(0, 10));
    }
  });

  test('never names what the user has seen, however long ago', async () => {
    const mine = Array.from({ length: 30 }, (_, n) => `v${n}`).join(' ');
    await learnAll(watchesOf({ you: `${mine} new`, me: mine }));
    expect(await recommend(database.prisma, 'me', 10)).toEqual(['new']);
  });

  test('fills up with the most watched', async () => {
    await learnAll(watchesOf({ u1: 'a next', u2: 'p q', u3: 'p q', u4: 'p', me: 'a' }));
    expect(await recommend(database.prisma, 'me', 3)).toEqual(['next', 'p', 'q']);
    expect(await recommend(database.prisma, 'me', 2)).toEqual(['next', 'p']);
  });

  test('gives a user without a history what most have watched', async () => {
    await learnAll(watchesOf({ u1: 'a b', u2: 'b', u3: 'c' }));
    expect(await recommend(database.prisma, 'nobody', 10)).toEqual(['b', 'a', 'c']);
  });

  test('gives nothing when nobody has watched anything', async () => {
    expect(await recommend(database.prisma, 'nobody', 10)).toEqual([]);
  });

  test('for several users at once is the same as for each', async () => {
    await learnAll(randomWatches());
    const userIds = ['u3', 'u1', 'nobody', 'u0'];
    const lists = await recommendAll(database.prisma, userIds, 10);
    for (const userId of userIds) {
      expect(lists.get(userId)).toEqual(await recommend(database.prisma, userId, 10));
    }
  });
});

const score = ({ c, n, toN, k }: { c: number; n: number; toN: number; k: number }) =>
  (0.5 ** (k / 5) * c) / (n ** 0.7 * toN ** 0.3 + 10);

/** The same 240 watches each time, of 8 users and 60 videos of which the low numbers are popular. */
function randomWatches(): Watch[] {
  let seed = 7;
  const next = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  return Array.from({ length: 240 }, (_, index) => ({
    userId: `u${next(8)}`,
    videoId: `v${Math.min(next(60), next(60))}`,
    position: index + 1,
  }));
}

/** The model as its definition says it, without any of its code: all that the user has not seen, best first. */
function byHand(watches: readonly Watch[], userId: string): string[] {
  const seen = new Map<string, string[]>();
  const viewers = new Map<string, number>();
  const pairs = new Map<string, number>();
  for (const watch of watches) {
    const history = seen.get(watch.userId) ?? [];
    if (history.includes(watch.videoId)) continue;
    for (const from of history.slice(-20)) {
      const pair = `${from}>${watch.videoId}`;
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    }
    viewers.set(watch.videoId, (viewers.get(watch.videoId) ?? 0) + 1);
    seen.set(watch.userId, [...history, watch.videoId]);
  }
  const mine = seen.get(userId) ?? [];
  const last = mine.slice(-20).reverse();
  const scored = [...viewers].map(([videoId, toN]) => {
    const parts = last.map((from, k) =>
      score({ c: pairs.get(`${from}>${videoId}`) ?? 0, n: viewers.get(from) ?? 0, toN, k }),
    );
    return { videoId, toN, score: parts.reduce((sum, part) => sum + part, 0) };
  });
  return scored
    .filter(({ videoId }) => !mine.includes(videoId))
    .sort(
      (one, other) =>
        other.score - one.score || other.toN - one.toN || (one.videoId < other.videoId ? -1 : 1),
    )
    .map(({ videoId }) => videoId);
}
