/** Reads a MovieLens folder (movies.csv and ratings.csv). All of it is checked before any of it is given out. */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { type CsvError, type Info, parse } from 'csv-parse';
import { z } from 'zod';
import type { Video } from '../src/generated/prisma/client.ts';

export interface MovieLens {
  readonly videos: readonly Video[];
  /** Oldest first; those of one second in the order of the file */
  readonly ratings: readonly Rating[];
}

/** That a user rated a film is taken for having watched it then. */
export interface Rating {
  readonly userId: string;
  readonly videoId: string;
  readonly at: Date;
}

/**
 * Gives all films, and the `limit` oldest ratings (default all). Throws an Error that names the file, the line and what
 * is wrong there.
 */
export async function readMovieLens(folder: string, options: { limit?: number } = {}): Promise<MovieLens> {
  const videos = await readMovies(path.join(folder, 'movies.csv'));
  const ratings = await readRatings(path.join(folder, 'ratings.csv'), videos);
  return { videos: [...videos.values()], ratings: ratings.slice(0, options.limit) };
}

const id = z.string().regex(/^[1-9]\d*$/, 'must be a whole number above 0');

const movie = z.object({
  movieId: id,
  title: z.string().trim().min(1, 'must not be empty'),
  genres: z.string().min(1, 'must not be empty'),
});

const rating = z.object({
  userId: id,
  movieId: id,
  rating: z.string().regex(/^([0-4]\.[05]|5\.0|[0-5])$/, 'must be from 0 to 5 in halves'),
  timestamp: z
    .string()
    .regex(/^\d{1,11}$/, 'must be seconds since 1970')
    .transform(Number),
});

async function readMovies(file: string): Promise<Map<string, Video>> {
  const videos = new Map<string, Video>();
  for await (const { values, fail } of readCsv(file, movie)) {
    if (videos.has(values.movieId)) fail('movieId', `${values.movieId} stands there twice`);
    videos.set(values.movieId, {
      id: values.movieId,
      ...splitTitle(values.title),
      genres: values.genres === noGenres ? [] : values.genres.split('|'),
    });
  }
  return videos;
}

const noGenres = '(no genres listed)';

async function readRatings(file: string, videos: ReadonlyMap<string, Video>): Promise<Rating[]> {
  const ratings: Rating[] = [];
  for await (const { values, fail } of readCsv(file, rating)) {
    if (!videos.has(values.movieId)) fail('movieId', `${values.movieId} is not in movies.csv`);
    const at = new Date(values.timestamp * 1_000);
    ratings.push({ userId: values.userId, videoId: values.movieId, at });
  }
  // the sort keeps the order of equals
  return ratings.sort((one, other) => one.at.getTime() - other.at.getTime());
}

/** "Toy Story (1995)" is "Toy Story" of 1995; a title without a year at its end has none. */
export function splitTitle(text: string): { title: string; year: number | null } {
  const [, title, year] = /^(.+?)\s*\((\d{4})\)$/.exec(text) ?? [];
  return title && year ? { title, year: Number(year) } : { title: text, year: null };
}

interface Line<Values> {
  readonly values: Values;
  fail(column: string, problem: string): never;
}

/** The lines after the header, one at a time, each checked against the schema, whose keys are the header. */
async function* readCsv<Values>(
  file: string,
  schema: z.ZodObject & z.ZodType<Values>,
): AsyncGenerator<Line<Values>> {
  const name = path.basename(file);
  const failAt = (line: number, problem: string, cause?: unknown): never => {
    throw new Error(`${name}, line ${line}: ${problem}`, { cause });
  };
  const header = Object.keys(schema.shape);
  const checkHeader = (found: readonly string[]) => {
    if (found.join() === header.join()) return header;
    return failAt(1, `the header must be "${header.join()}", and not "${found.join()}"`);
  };
  const input = createReadStream(file);
  const parser = input.pipe(parse({ bom: true, info: true, columns: checkHeader }));
  // pipe does not pass errors on
  input.on('error', (error) => parser.destroy(error));
  try {
    let lines = 0;
    for await (const { record, info } of parser as AsyncIterable<{ record: unknown; info: Info }>) {
      lines = info.lines;
      const values = schema.safeParse(record);
      if (!values.success) {
        const [issue] = values.error.issues;
        return failAt(info.lines, `${issue?.path.join('.')} ${issue?.message}`);
      }
      yield { values: values.data, fail: (column, problem) => failAt(info.lines, `${column} ${problem}`) };
    }
    if (lines === 0) failAt(1, 'there is nothing after the header');
  } catch (error) {
    if (isCsvError(error)) failAt(error.lines, error.message, error);
    throw error;
  }
}

function isCsvError(error: unknown): error is CsvError & { readonly lines: number } {
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_') && 'lines' in error
  );
}
