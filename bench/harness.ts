/** What a bench is, and what it gives. */

export interface Bench {
  readonly name: string;
  /** One line for the list of benches */
  readonly about: string;
  /** Those beside `--json`, `--check` and `--help`, by name */
  readonly options: Readonly<Record<string, BenchOption>>;
  /** What `--check` holds the ratios against: all of a bench's floors stand here, in one place. */
  readonly floors: readonly Floor[];
  /** Measures. Throws a UsageError for options that are missing or wrong, before anything is started. */
  run(context: BenchContext): Promise<BenchResult>;
}

export interface BenchOption {
  /** Stands for the value in the help, such as DIR */
  readonly value: string;
  readonly about: string;
  /** None means that the option must be given */
  readonly fallback?: string;
}

export interface BenchContext {
  /** Every option of the bench, given or by its fallback */
  readonly options: Readonly<Record<string, string>>;
  /** Tells people what is being done, on standard error. */
  progress(message: string): void;
}

export interface BenchResult {
  readonly cases: readonly Case[];
  /** Figures that compare cases, or a case with what it has to be: they mean the same on every machine */
  readonly ratios: Readonly<Record<string, number>>;
}

export interface Case {
  readonly name: string;
  /** By name, each with its unit at the end unless it is a number of things or a share of 1 */
  readonly figures: Readonly<Record<string, number>>;
}

/** A bound of a ratio, on the good side or exactly at which the ratio has to be. */
export type Floor = { readonly ratio: string; readonly because: string } & (
  | { readonly atLeast: number }
  | { readonly atMost: number }
);

/** Those that the ratios miss. A ratio that is not there, or is not a number, misses. */
export function missedFloors(floors: readonly Floor[], ratios: BenchResult['ratios']): readonly Floor[] {
  return floors.filter((floor) => {
    const measured = ratios[floor.ratio] ?? Number.NaN;
    return !('atLeast' in floor ? measured >= floor.atLeast : measured <= floor.atMost);
  });
}

/** The command line is wrong: its text is for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
