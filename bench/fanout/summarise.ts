/** The rounds as figures: medians over the rounds, and ratios as medians of each round's own ratio. */
import type { BenchResult, Case } from '../harness.ts';
import { median, ratio } from '../stats.ts';
import type { Memory } from './contestant.ts';
import type { Round } from './round.ts';
import type { SideName } from './sides.ts';

/** What a side did with one number of subscribers. */
export interface SideRecord {
  readonly side: SideName;
  readonly subscribers: number;
  readonly memory: Memory;
  /** In their order */
  readonly rounds: readonly Round[];
}

export function summarise(records: readonly SideRecord[]): BenchResult {
  const sizes = [...new Set(records.map(({ subscribers }) => subscribers))];
  return {
    cases: records.map(
      (record): Case => ({
        name: `${record.side} ${record.subscribers}`,
        figures: { ...medians(record.rounds), ...record.memory },
      }),
    ),
    ratios: Object.fromEntries(
      sizes.flatMap((size) => ratiosOf(records.filter(({ subscribers }) => subscribers === size))),
    ),
  };
}

function medians(rounds: readonly Round[]): Case['figures'] {
  const names = Object.keys(rounds[0]!) as (keyof Round)[];
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((round) => round[name]))]));
}

interface Comparison {
  readonly name: string;
  readonly rivals: readonly SideName[];
  /** The figure of each round */
  readonly figures: (record: SideRecord) => readonly number[];
}

const inEachRound = (figure: keyof Round) => (record: SideRecord) =>
  record.rounds.map((round) => round[figure]);

/** Each of Aorta's figures over the same one of a rival's, in the same round. */
const comparisons: readonly Comparison[] = [
  { name: 'steady', rivals: ['stock', 'mercurius', 'raw'], figures: inEachRound('deliveriesPerSecond') },
  { name: 'cpu', rivals: ['stock', 'mercurius', 'raw'], figures: inEachRound('cpuSecondsPer100k') },
  { name: 'p99', rivals: ['stock', 'mercurius', 'raw'], figures: inEachRound('p99Ms') },
  {
    name: 'burst',
    rivals: ['stock', 'mercurius', 'raw coalesced'],
    figures: inEachRound('burstDeliveriesPerSecond'),
  },
  {
    name: 'memory',
    rivals: ['stock', 'mercurius', 'raw'],
    figures: ({ memory }) => [memory.kibPerSubscriber],
  },
];

/** Of records with the same number of subscribers. */
function ratiosOf(records: readonly SideRecord[]): readonly (readonly [string, number])[] {
  const aorta = records.find(({ side }) => side === 'aorta');
  return comparisons.flatMap(({ name, rivals, figures }) =>
    rivals.flatMap((rival) => {
      const other = records.find(({ side }) => side === rival);
      if (!aorta || !other) return [];
      const theirs = figures(other);
      const ratios = figures(aorta).map((figure, index) => ratio(figure, theirs[index]!));
      return [[`${name}Over${inCamelCase(rival)}${aorta.subscribers}`, median(ratios)] as const];
    }),
  );
}

const inCamelCase = (side: SideName) =>
  side.replace(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase());
