import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPopularity } from '../../bench/recommendations/popularity.ts';
import { measureAccuracy } from '../../bench/recommendations/recall.ts';
import { splitByTime } from '../../bench/recommendations/split.ts';
import type { Rating } from '../../demo/movielens.ts';
import { runBench } from './support.ts';

const viewings = (userId: string, ...videoIds: string[]): Rating[] =>
  videoIds.map((videoId, index) => ({ userId, videoId, at: new Date(index) }));

const videosOf = (ratings: readonly Rating[]) => ratings.map(({ videoId }) => videoId).join('');

test.each([
  ['abcd', 'abcd', undefined],
  ['abcde', 'abcd', 'e'],
  ['abcdefghi', 'abcdefgh', 'i'],
  ['abcdefghij', 'abcdefgh', 'ij'],
])('of the history %s is learned %s and held out %s', (history, learned, heldOut) => {
  const split = splitByTime(viewings('ada', ...history));
  expect(videosOf(split.training)).toBe(learned);
  expect(split.heldOut.get('ada')).toEqual(heldOut && new Set(heldOut));
});

test('what is learned stays in the order of all users’ viewings', () => {
  const mixed = [
    ...viewings('ada', 'a', 'b', 'c'),
    ...viewings('bob', ...'vwxyz'),
    ...viewings('ada', 'd', 'e'),
  ];
  expect(videosOf(splitByTime(mixed).training)).toBe('abcvwxyd');
});

test('popularity gives the most watched videos that the user has not seen', () => {
  const popularity = createPopularity([
    ...viewings('ada', 'a', 'a', 'a', 'b', 'c'),
    ...viewings('bob', 'c', 'b'),
    ...viewings('cy', 'c', 'd'),
  ]);
  expect(popularity('dan', 3)).toEqual(['c', 'b', 'a']);
  expect(popularity('bob', 3)).toEqual(['a', 'd']);
});

test('recall is a mean over users, whatever the length of their histories', () => {
  const heldOut = new Map([
    ['ada', new Set(['a', 'b', 'c', 'd'])],
    ['bob', new Set(['x'])],
    ['cy', new Set(['y'])],
  ]);
  const lists = new Map([
    ['ada', ['a', 'x']],
    ['bob', ['x']],
  ]);
  expect(measureAccuracy(heldOut, lists)).toEqual({
    recallAt10: (1 / 4 + 1) / 3,
    hitRateAt10: 2 / 3,
    distinctVideos: 2,
  });
});

test('only the first ten of a list count', () => {
  const lists = new Map([['ada', [...'abcdefghijk']]]);
  expect(measureAccuracy(new Map([['ada', new Set(['k'])]]), lists).recallAt10).toBe(0);
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'aorta-bench-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes a MovieLens folder of 40 films; each history is a user's film numbers from 0, oldest first. */
async function writeMovieLens(histories: readonly (readonly number[])[]): Promise<void> {
  const movies = Array.from({ length: 40 }, (_, film) => `${film + 1},Film ${film + 1} (1925),Drama`);
  const ratings = histories.flatMap((films, user) =>
    films.map((film, place) => `${user + 1},${film + 1},4.0,${1_000 + place * 100 + user}`),
  );
  await writeFile(path.join(folder, 'movies.csv'), ['movieId,title,genres', ...movies, ''].join('\n'));
  await writeFile(
    path.join(folder, 'ratings.csv'),
    ['userId,movieId,rating,timestamp', ...ratings, ''].join('\n'),
  );
}

test('where people of different tastes follow different paths, the model beats popularity', async () => {
  const twoCircles = Array.from({ length: 40 }, (_, user) =>
    Array.from({ length: 10 }, (_, place) => (user % 2) * 20 + ((user + place) % 20)),
  );
  await writeMovieLens(twoCircles);
  const { code, stdout, stderr } = await runBench('recommendations', '--data', folder, '--json', '--check');
  expect(code, stderr).toBe(0);
  const { bench, cases, ratios } = JSON.parse(stdout);
  expect(bench).toBe('recommendations');
  expect(cases).toEqual([
    expect.objectContaining({ name: 'popularity', users: 40, viewings: 320 }),
    expect.objectContaining({ name: 'model', users: 40, viewings: 320 }),
  ]);
  expect(ratios.recallOverPopularity).toBe(cases[1].recallAt10 / cases[0].recallAt10);
  expect(ratios.recallOverPopularity).toBeGreaterThan(1.1);
});

test('where nothing can be foretold, --check ends with code 1 and names the floor', async () => {
  // the last films are held out of every history, so that nobody teaches them
  await writeMovieLens(Array.from({ length: 6 }, () => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  const { code, stdout, stderr } = await runBench('recommendations', '--data', folder, '--check');
  expect(stderr).toContain('recallOverPopularity is 1 and has to be ≥ 1.1: ');
  expect(stdout).toContain('≥ 1.1: MISSED');
  expect(code).toBe(1);
});
