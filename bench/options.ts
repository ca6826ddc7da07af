/** What can be typed after a bench's name. */
import { parseArgs } from 'node:util';
import { messageOf } from '../src/platform/errors.ts';
import { type Bench, type BenchContext, UsageError } from './harness.ts';

export interface CommandLine {
  readonly options: BenchContext['options'];
  readonly json: boolean;
  readonly check: boolean;
  readonly help: boolean;
}

/** Throws a UsageError for what the bench does not know, and for a required option that is missing. */
export function readCommandLine(
  bench: Pick<Bench, 'name' | 'options'>,
  args: readonly string[],
): CommandLine {
  const { json, check, help, ...given } = parse(bench, args);
  const options = Object.entries(bench.options).map(([name, { value, about, fallback }]) => {
    const text = given[name] ?? fallback;
    if (text !== undefined) return [name, String(text)] as const;
    if (help) return [name, ''] as const;
    throw new UsageError(`${bench.name} needs --${name} ${value}: ${about}`);
  });
  return {
    options: Object.fromEntries(options),
    json: Boolean(json),
    check: Boolean(check),
    help: Boolean(help),
  };
}

function parse(bench: Pick<Bench, 'options'>, args: readonly string[]) {
  const own = Object.keys(bench.options).map((name) => [name, { type: 'string' }] as const);
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(own), json: flag, check: flag, help: flag },
    }).values as Readonly<Record<string, string | boolean | undefined>>;
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

/** The option as a whole number above 0. Throws a UsageError when it is none. */
export function wholeOption(options: BenchContext['options'], name: string): number {
  const text = options[name] ?? '';
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new UsageError(`--${name} must be a whole number above 0, and not "${text}"`);
  return Number(text);
}
