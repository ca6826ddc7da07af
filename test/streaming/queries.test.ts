import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtInCatalogue, upsertVideos } from '../../src/domains/streaming/catalogue.ts';
import * as queries from '../../src/domains/streaming/queries.ts';
import type { PrismaClient } from '../../src/platform/postgres.ts';
import { rankings } from '../../src/workers/streaming/rankings.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { film, openOutbox, react, started, t0 } from './support.ts';

let testDatabase: TestDatabase;
let prisma: PrismaClient;
const twins = [film('twin-2', [], 'Twins'), film('twin-1', [], 'Twins'), film('odd', [], '100%_\\ odd')];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  prisma = testDatabase.database.prisma;
  await upsertVideos(prisma, [...builtInCatalogue, ...twins]);
});
afterAll(() => testDatabase.drop());

const badInput = expect.objectContaining({ code: 'BAD_USER_INPUT' });
const titles = (page: queries.VideoPage) => page.edges.map(({ node }) => node.title);

describe('videos', () => {
  test('come by title and id, and page after page gives each once', async () => {
    const ids: string[] = [];
    let after: string | null = null;
    let pages = 0;
    do {
      const page = await queries.videos(prisma, { first: 7, after });
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
      expect(page.pageInfo.startCursor).toBe(page.edges[0]!.cursor);
      ids.push(...page.edges.map(({ node }) => node.id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      pages += 1;
    } while (after !== null);
    const all = await prisma.video.findMany({ orderBy: [{ title: 'asc' }, { id: 'asc' }] });
    expect(ids).toEqual(all.map(({ id }) => id));
    expect(pages).toBe(Math.ceil(all.length / 7));
    expect(ids.indexOf('twin-1')).toBe(ids.indexOf('twin-2') - 1);
  });

  test('stay in place when another comes between the pages', async () => {
    const first = await queries.videos(prisma, { search: 'Twins', first: 1 });
    await upsertVideos(prisma, [film('twin-0', [], 'Twins')]);
    const next = await queries.videos(prisma, { search: 'Twins', first: 5, after: first.pageInfo.endCursor });
    expect(next.edges.map(({ node }) => node.id)).toEqual(['twin-2']);
    await prisma.video.delete({ where: { id: 'twin-0' } });
  });

  test('are found by part of the title in any case', async () => {
    expect(titles(await queries.videos(prisma, { search: 'METRO', first: 5 }))).toEqual(['Metropolis']);
  });

  test('are found by characters that have a meaning in LIKE', async () => {
    for (const search of ['100%', '%_', '_\\', '\\ o']) {
      expect(titles(await queries.videos(prisma, { search, first: 5 }))).toEqual(['100%_\\ odd']);
    }
  });

  test('that do not exist give an empty page', async () => {
    expect(await queries.videos(prisma, { search: 'no such title', first: 5 })).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  test.each([0, -1, 101, 1.5, Number.NaN])('are refused by %d at once', async (first) => {
    await expect(queries.videos(prisma, { first })).rejects.toEqual(badInput);
  });

  test.each(['', 'nonsense', 'W10', 'eyJ4IjoxfQ'])('are refused after "%s"', async (after) => {
    await expect(queries.videos(prisma, { first: 5, after })).rejects.toEqual(badInput);
  });

  test('by id come in the order of the ids', async () => {
    const found = await queries.videosById(prisma, ['wings', 'none', 'faust']);
    expect(found.map(({ id }) => id)).toEqual(['wings', 'faust']);
    expect(await queries.video(prisma, 'faust')).toEqual(builtInCatalogue.find(({ id }) => id === 'faust'));
    expect(await queries.video(prisma, 'none')).toBeNull();
  });
});

test('the leaderboard is by starts, then by video', async () => {
  let told = 0;
  const reaction = rankings({ changed: () => told++ });
  const watch = (videoId: string, position: number) => started({ userId: 'ann', videoId, position });
  const outbox = openOutbox(testDatabase.database);
  await react(outbox, reaction, [watch('wings', 1), watch('faust', 2), watch('wings', 3), watch('spies', 4)]);
  await react(outbox, reaction, [watch('spies', 5), watch('haxan', 6)]);
  const board = await queries.leaderboard(prisma, 3);
  expect(board.map(({ rank, video, starts }) => [rank, video.id, starts])).toEqual([
    [1, 'spies', 2],
    [2, 'wings', 2],
    [3, 'faust', 1],
  ]);
  expect(told).toBe(2);
  await expect(queries.leaderboard(prisma, 0)).rejects.toEqual(badInput);
});

describe('a user whom nobody knows', () => {
  test('has empty answers', async () => {
    expect(await queries.preferences(prisma, 'nobody', t0)).toEqual({
      userId: 'nobody',
      favouriteGenres: [],
      preferredQuality: null,
    });
    expect(await queries.recommendations(prisma, 'nobody', 10)).toEqual([]);
    expect(await queries.badges(prisma, 'nobody')).toEqual([]);
    expect(await queries.notifications(prisma, 'nobody', 10)).toEqual([]);
  });

  test('of a name that Postgres cannot hold is bad input, not a fault', async () => {
    await expect(queries.preferences(prisma, 'a\0', t0)).rejects.toEqual(badInput);
    await expect(queries.badges(prisma, '\udc00')).rejects.toEqual(badInput);
  });
});

test('a session that does not exist, or cannot, is null', async () => {
  expect(await queries.session(prisma, '01900000-0000-7000-8000-000000000000')).toBeNull();
  expect(await queries.session(prisma, 'nonsense')).toBeNull();
});

test('the built-in catalogue has no id twice and genres for all', () => {
  expect(new Set(builtInCatalogue.map(({ id }) => id)).size).toBe(builtInCatalogue.length);
  expect(builtInCatalogue.every(({ genres }) => genres.length > 0)).toBe(true);
});
