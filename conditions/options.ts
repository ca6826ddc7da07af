import { flag, readOptions, text, wholeNumber } from '../dev/command-line.ts';

export interface Options {
  /** Parts of names; undefined: all conditions */
  readonly only: readonly string[] | undefined;
  readonly full: boolean;
  readonly check: boolean;
  readonly json: boolean;
  readonly list: boolean;
  readonly atOnce: number;
}

/** Reads the command line; 'help' when it asks for that. Throws a UsageError. */
export function parseOptions(args: readonly string[]): Options | 'help' {
  const given = readOptions(args, {
    only: text,
    full: flag,
    check: flag,
    json: flag,
    list: flag,
    'at-once': text,
    help: flag,
  });
  if (given.help) return 'help';
  return {
    only: given.only?.split(',').map((part) => part.trim()),
    full: given.full ?? false,
    check: given.check ?? false,
    json: given.json ?? false,
    list: given.list ?? false,
    atOnce: wholeNumber('at-once', given['at-once'] ?? '1', 1, 8),
  };
}

export const usage = `Usage: npm run conditions -- [options]

Runs the main job, the bank and the audit on other people's servers: each condition makes them, and says what is right on
them: that the job is done, or a line with which every role refuses to start. Missing servers come from Debian's packages.

Options
  --only a,b    only conditions whose name has one of these in it
  --full        a job of a minute for each, instead of a few seconds
  --at-once N   so many conditions at the same time (default 1)
  --check       exit code 1 unless all is right
  --json        print one JSON object for each condition
  --list        name them, and run none
  --help        show this
`;
