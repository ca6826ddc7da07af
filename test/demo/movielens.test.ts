import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readMovieLens, splitTitle } from '../../demo/movielens.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'aorta-movielens-'));
});
afterEach(() => rm(folder, { recursive: true }));

const movies = [
  'movieId,title,genres',
  '1,Toy Story (1995),Adventure|Animation',
  '2,"American President, The (1995)",Comedy',
  '3,Nameless,(no genres listed)',
];
const ratings = [
  'userId,movieId,rating,timestamp',
  '7,2,3.5,1000',
  '7,1,5.0,900',
  '8,3,0.5,1000',
  '7,3,4,900',
];

async function read(files: { movies?: string[]; ratings?: string[] } = {}, limit?: number) {
  await writeFile(path.join(folder, 'movies.csv'), `${(files.movies ?? movies).join('\n')}\n`);
  await writeFile(path.join(folder, 'ratings.csv'), `${(files.ratings ?? ratings).join('\n')}\n`);
  return readMovieLens(folder, limit === undefined ? {} : { limit });
}

test('films have a title, a year and genres', async () => {
  expect((await read()).videos).toEqual([
    { id: '1', title: 'Toy Story', year: 1995, genres: ['Adventure', 'Animation'] },
    { id: '2', title: 'American President, The', year: 1995, genres: ['Comedy'] },
    { id: '3', title: 'Nameless', year: null, genres: [] },
  ]);
});

test('ratings come oldest first, and those of one second in the order of the file', async () => {
  expect((await read()).ratings).toEqual([
    { userId: '7', videoId: '1', at: new Date(900_000) },
    { userId: '7', videoId: '3', at: new Date(900_000) },
    { userId: '7', videoId: '2', at: new Date(1_000_000) },
    { userId: '8', videoId: '3', at: new Date(1_000_000) },
  ]);
});

test('a limit takes the oldest, after all were checked', async () => {
  expect((await read({}, 1)).ratings).toEqual([{ userId: '7', videoId: '1', at: new Date(900_000) }]);
  await expect(read({ ratings: [...ratings, '7,1,9,900'] }, 1)).rejects.toThrow('line 6');
});

test.each([
  ['Toy Story (1995)', { title: 'Toy Story', year: 1995 }],
  ['Babylon 5', { title: 'Babylon 5', year: null }],
  ['Seven (a.k.a. Se7en) (1995)', { title: 'Seven (a.k.a. Se7en)', year: 1995 }],
  ['Death Note (2006–2007)', { title: 'Death Note (2006–2007)', year: null }],
])('"%s" is split', (text, parts) => {
  expect(splitTitle(text)).toEqual(parts);
});

describe('a mistake is told with its file and line', () => {
  const rating = (line: string) => ({ ratings: [...ratings, line] });
  test.each([
    ['a rating too high', rating('7,1,5.5,1'), 'ratings.csv, line 6: rating must be from 0 to 5 in halves'],
    ['a film that is missing', rating('7,99,5,1'), 'ratings.csv, line 6: movieId 99 is not in movies.csv'],
    [
      'a user that is no number',
      rating('x,1,5,1'),
      'ratings.csv, line 6: userId must be a whole number above 0',
    ],
    [
      'a time that is none',
      rating('7,1,5,soon'),
      'ratings.csv, line 6: timestamp must be seconds since 1970',
    ],
    ['a line too short', rating('7,1,5'), /^ratings\.csv, line 6: .*length is 4, got 3/],
    ['a quote left open', rating('7,"1,5,1'), /^ratings\.csv, line \d: .*[Qq]uote/],
    [
      'another header',
      { ratings: ['user,movie'] },
      'ratings.csv, line 1: the header must be "userId,movieId',
    ],
    ['no lines', { movies: movies.slice(0, 1) }, 'movies.csv, line 1: there is nothing after the header'],
    [
      'a film twice',
      { movies: [...movies, '1,Again,Drama'] },
      'movies.csv, line 5: movieId 1 stands there twice',
    ],
    ['no title', { movies: [...movies, '4,,Drama'] }, 'movies.csv, line 5: title must not be empty'],
  ])('%s', async (_, files, message) => {
    await expect(read(files)).rejects.toThrow(message);
  });

  test('a file that is missing', async () => {
    await expect(readMovieLens(folder)).rejects.toThrow(/ENOENT.*movies\.csv/);
  });
});
