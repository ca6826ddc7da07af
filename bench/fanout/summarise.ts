/** The rounds as figures: medians over the rounds, and ratios as medians of each round's own ratio. */
import type { BenchResult, Case } from '../harness.ts';
import { median, ratio } from '../stats.ts';
import type { Round } from './round.ts';
import type { SideName } from './sides.ts';

/** What was measured with one number of subscribers: the rounds of each side, in their order. */
export interface Measured {
  readonly subscribers: number;
  readonly rounds: ReadonlyMap<SideName, readonly Round[]>;
}

export function summarise(measured: readonly Measured[]): BenchResult {
  const cases = measured.flatMap(({ subscribers, rounds }) =>
    [...rounds].map(([side, own]): Case => ({ name: `${side} ${subscribers}`, figures: medians(own) })),
  );
  return { cases, ratios: Object.fromEntries(measured.flatMap(ratiosOf)) };
}

function medians(rounds: readonly Round[]): Case['figures'] {
  const names = Object.keys(rounds[0]!) as (keyof Round)[];
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((round) => round[name]))]));
}

/** Each of Aorta's figures over the same one of a rival's, in the same round. */
const comparisons: readonly { name: string; figure: keyof Round; rivals: readonly SideName[] }[] = [
  { name: 'steady', figure: 'deliveriesPerSecond', rivals: ['stock', 'mercurius', 'raw'] },
  { name: 'cpu', figure: 'cpuSecondsPer100k', rivals: ['stock', 'raw'] },
  { name: 'p99', figure: 'p99Ms', rivals: ['stock', 'raw'] },
  { name: 'burst', figure: 'burstDeliveriesPerSecond', rivals: ['stock', 'raw coalesced'] },
  { name: 'memory', figure: 'kibPerSubscriber', rivals: ['stock', 'raw'] },
];

function ratiosOf({ subscribers, rounds }: Measured): readonly (readonly [string, number])[] {
  const aorta = rounds.get('aorta');
  return comparisons.flatMap(({ name, figure, rivals }) =>
    rivals.flatMap((rival) => {
      const theirs = rounds.get(rival);
      if (!aorta || !theirs) return [];
      const perRound = aorta.map((round, index) => ratio(round[figure], theirs[index]![figure]));
      return [[`${name}Over${inCamelCase(rival)}${subscribers}`, median(perRound)] as const];
    }),
  );
}

const inCamelCase = (side: SideName) =>
  side.replace(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase());
