/** What a run comes to, and how it is told. */
import type { Attack } from './attack.ts';

/** What `--json` prints. */
export interface Report {
  readonly seed: number;
  readonly seconds: number;
  readonly attacks: number;
  /** The first thing that harmed the api, with the smallest attacks that do so; undefined when nothing did */
  readonly failure: { readonly what: string; readonly smallest: readonly Attack[] } | undefined;
  /** Of honest clients: what was refused, lost, doubled or reordered */
  readonly complaints: readonly string[];
  /** What is still there although the strangers are gone: handles, timers, sockets, groups, statements */
  readonly left: readonly string[];
  /** After a collection, beside the start */
  readonly heapGrowthMb: number;
  readonly loggedKb: number;
  /** Honest ones, answered */
  readonly queries: number;
  readonly queryP99Ms: number;
  /** Honest mutations, answered */
  readonly written: number;
}

const allowedGrowthMb = 32;
const allowedQueryMs = 250;

/** Returns what is not as it has to be, a sentence each. */
export function failuresOf(
  report: Report,
  { checkTimes }: { readonly checkTimes: boolean },
): readonly string[] {
  const { failure, complaints, left, heapGrowthMb, queryP99Ms } = report;
  return [
    ...(failure ? [failure.what, `smallest case: ${JSON.stringify(failure.smallest)}`] : []),
    ...complaints,
    ...left.map((what) => `left behind: ${what}`),
    ...(heapGrowthMb > allowedGrowthMb
      ? [`the heap has grown by ${heapGrowthMb.toFixed(1)} MiB; ${allowedGrowthMb} are allowed`]
      : []),
    ...(checkTimes && queryP99Ms > allowedQueryMs
      ? [`the honest queries' p99 is ${queryP99Ms.toFixed(0)} ms; ${allowedQueryMs} are allowed`]
      : []),
  ];
}

/** Returns the figures in a line. */
export function describe({
  seed,
  seconds,
  attacks,
  heapGrowthMb,
  loggedKb,
  queries,
  queryP99Ms,
  written,
}: Report): string {
  return (
    `seed ${seed}, ${seconds} s: ${attacks} attacks; ${queries} honest queries, p99 ${queryP99Ms.toFixed(0)} ms; ` +
    `${written} honest mutations; heap ${heapGrowthMb >= 0 ? '+' : ''}${heapGrowthMb.toFixed(1)} MiB; log ${loggedKb.toFixed(0)} KiB`
  );
}
