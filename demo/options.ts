/** What the demo is asked to do. */
import { flag, readOptions, text, UsageError, wholeNumber } from '../dev/command-line.ts';

export interface Options {
  /** The bank, instead of the viewers */
  readonly bank: boolean;
  /** A folder in MovieLens format; without one viewers are simulated */
  readonly data: string | undefined;
  /** How many viewings, or commands of the bank; undefined: all that there are */
  readonly limit: number | undefined;
  /** Viewings started per second */
  readonly rate: number | 'max';
  /** Of the simulated viewers: the same seed, the same choices */
  readonly seed: number;
  /** Services that do not run while the viewers watch */
  readonly without: readonly string[];
  readonly exit: boolean;
  readonly json: boolean;
}

/** Reads the command line; 'help' when it asks for that. Throws a UsageError. `services` can be left out by name. */
export function parseOptions(args: readonly string[], services: readonly string[]): Options | 'help' {
  const given = readOptions(args, {
    bank: flag,
    data: text,
    limit: text,
    rate: text,
    seed: text,
    without: text,
    exit: flag,
    json: flag,
    help: flag,
  });
  if (given.help) return 'help';
  if (given.data === '') throw new UsageError('--data needs the name of a folder');
  if (given.data !== undefined && given.seed !== undefined) {
    throw new UsageError('--seed is for simulated viewers: leave it out with --data');
  }
  const bank = given.bank ?? false;
  const forViewers = (['data', 'rate', 'without'] as const).find((name) => bank && given[name] !== undefined);
  if (forViewers) throw new UsageError(`--${forViewers} is for viewers: leave it out with --bank`);
  const simulated = given.data === undefined;
  const fallback = bank ? 3_000 : simulated ? 300 : undefined;
  return {
    bank,
    data: given.data,
    limit: given.limit === undefined ? fallback : wholeNumber('limit', given.limit, 1),
    rate: given.rate === undefined ? (simulated ? 20 : 'max') : readRate(given.rate),
    seed: given.seed === undefined ? 1 : wholeNumber('seed', given.seed, 0),
    without: given.without === undefined ? [] : readWithout(given.without, services),
    exit: given.exit ?? false,
    json: given.json ?? false,
  };
}

function readRate(text: string): number | 'max' {
  if (text === 'max') return text;
  const rate = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && rate > 0 && rate <= 10_000) return rate;
  throw new UsageError(
    `--rate is "${text}": it must be viewings per second, above 0 and up to 10000, or max`,
  );
}

function readWithout(text: string, services: readonly string[]): readonly string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  if (names.includes('viewing')) {
    throw new UsageError('--without viewing: that service is the mutation itself, which the viewers call');
  }
  const unknown = names.find((name) => !services.includes(name));
  if (unknown === undefined) return names;
  throw new UsageError(`--without "${unknown}": there is no such service. There are: ${services.join(', ')}`);
}

export const usage = `Usage: npm run demo -- [options]

Starts PostgreSQL, Redis, the api, the relay and the workers, lets viewers watch through the public API, follows
what arrives at its subscribers, and ends with a summary of what was lost, doubled or out of order. Then it stays up.

Options
  --bank          customers of a bank instead of viewers: deposits, withdrawals and transfers at once, a worker that is
                  killed in the middle, and then the proof that every cent is accounted for
  --data DIR      replay the viewings of a history in MovieLens format (movies.csv, ratings.csv), happening now
  --limit N       how many viewings (default 300; with --data all), or commands of the bank (default 3000)
  --rate N|max    viewings started per second (default 20; with --data max)
  --seed N        of the simulated viewers or customers: the same seed, the same choices (default 1)
  --without NAME  stop this service while the viewers watch, and start it again before the summary; several with commas
  --exit          stop after the summary; the exit code is 0 only if every event arrived once, in order, everywhere
  --json          print the summary as one line of JSON, the last one; everything else goes to standard error
  --help          show this

Environment
  REDIS_URL       use this Redis, under names of the demo's own, instead of starting one
  PORT            where the API listens; default 4000, or a free port when that one is taken
`;
