/** One event to many subscribers: Aorta beside the usual stacks, and beside the least that any server could do. */
import { type Bench, type BenchContext, type BenchResult, UsageError } from '../harness.ts';
import { type Load, startLoad } from '../live/load.ts';
import { startLiveWorld } from '../live/world.ts';
import { wholeOption } from '../options.ts';
import { enter } from './contestant.ts';
import { floors } from './floors.ts';
import { type Round, runRound, type Size } from './round.ts';
import { openSides, type Side, sideNames } from './sides.ts';
import { type SideRecord, summarise } from './summarise.ts';

export const fanout: Bench = {
  name: 'fanout',
  about: 'one event to many subscribers: Aorta, two GraphQL stacks, and raw broadcasts',
  options: {
    subscribers: { value: 'N,N', about: 'numbers of subscribers to measure with', fallback: '100,1000,5000' },
    rounds: { value: 'N', about: 'how often each side is measured, in turn', fallback: '5' },
    sides: { value: 'A,B', about: 'which sides to measure', fallback: sideNames.join(',') },
    window: { value: 'N', about: 'events on their way in the steady flow', fallback: '4' },
    seconds: { value: 'N', about: 'how long the steady flow is measured', fallback: '1' },
    burst: { value: 'N', about: 'events of a burst, fewer where they would take long', fallback: '1000' },
  },
  floors,
  run,
};

async function run({ options, progress }: BenchContext): Promise<BenchResult> {
  const rounds = wholeOption(options, 'rounds');
  const sizes = listOption(options, 'subscribers').map((subscribers) =>
    wholeOption({ subscribers }, 'subscribers'),
  );
  const names = listOption(options, 'sides');
  const unknown = names.find((name) => !sideNames.some((known) => known === name));
  if (unknown !== undefined)
    throw new UsageError(`there is no side "${unknown}". Name some of: ${sideNames.join(', ')}`);
  const size: Size = {
    window: wholeOption(options, 'window'),
    seconds: wholeOption(options, 'seconds'),
    burst: wholeOption(options, 'burst'),
  };

  progress('starting PostgreSQL, Redis and the load client');
  await using world = await startLiveWorld();
  await using load = startLoad();
  await using opened = openSides(world);
  const sides = opened.sides.filter(({ name }) => names.includes(name));
  const records: SideRecord[] = [];
  for (const subscribers of sizes) {
    records.push(...(await compare({ sides, subscribers, rounds, size, load, progress })));
  }
  return summarise(records);
}

interface Comparison {
  readonly sides: readonly Side[];
  readonly subscribers: number;
  readonly rounds: number;
  readonly size: Size;
  readonly load: Load;
  readonly progress: BenchContext['progress'];
}

/** Measures the sides with one number of subscribers, in turn. */
async function compare(comparison: Comparison): Promise<readonly SideRecord[]> {
  const { sides, subscribers, rounds, size, load, progress } = comparison;
  await using servers = new AsyncDisposableStack();
  const entries: { label: string; run(): Promise<Round>; record: SideRecord & { rounds: Round[] } }[] = [];
  for (const side of sides) {
    const label = `${side.name} ${subscribers}`;
    const contestant = servers.use(await naming(label, enter(side, subscribers, size.window, load)));
    const { memory } = contestant;
    progress(`${label}: ${memory.kibPerSubscriber.toFixed(1)} KiB a subscriber, warm`);
    entries.push({
      label,
      run: () => naming(label, runRound(contestant, subscribers, size, load)),
      record: { side: side.name, subscribers, memory, rounds: [] },
    });
  }
  for (let round = 0; round < rounds; round += 1) {
    // each begins once, so that a machine that slows down or speeds up favours none
    const first = round % entries.length;
    for (const { label, run, record } of [...entries.slice(first), ...entries.slice(0, first)]) {
      const result = await run();
      record.rounds.push(result);
      progress(`round ${round + 1} of ${rounds}, ${label}: ${describe(result)}`);
    }
  }
  return entries.map(({ record }) => record);
}

/** Says whose failure it was. */
function naming<Result>(label: string, result: Promise<Result>): Promise<Result> {
  return result.catch((cause) => {
    throw new Error(`${label}: ${cause.message}`, { cause });
  });
}

const listOption = (options: BenchContext['options'], name: string) =>
  (options[name] ?? '').split(',').map((part) => part.trim());

function describe(round: Round): string {
  const perSecond = (deliveries: number) => `${Math.round(deliveries).toLocaleString('en')}/s`;
  return [
    `steady ${perSecond(round.deliveriesPerSecond)} at ${round.cpuSecondsPer100k.toFixed(2)} CPU s per 100k`,
    `burst ${perSecond(round.burstDeliveriesPerSecond)}`,
    `p50 ${round.p50Ms.toFixed(1)} ms, p99 ${round.p99Ms.toFixed(1)} ms`,
  ].join(', ');
}
