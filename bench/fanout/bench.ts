/** One event to many subscribers: Aorta beside the usual stacks, and beside the least that any server could do. */
import { type Bench, type BenchContext, type BenchResult, UsageError } from '../harness.ts';
import { startLoad } from '../live/load.ts';
import { startLiveWorld } from '../live/world.ts';
import { wholeOption } from '../options.ts';
import { floors } from './floors.ts';
import { type Round, runRound, type Size } from './round.ts';
import { openSides, type SideName, sideNames } from './sides.ts';
import { type Measured, summarise } from './summarise.ts';

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
  const measured: Measured[] = [];
  for (const subscribers of sizes) {
    const bySide = new Map<SideName, Round[]>(sides.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      // each begins once, so that a machine that slows down or speeds up favours none
      const first = round % sides.length;
      for (const side of [...sides.slice(first), ...sides.slice(0, first)]) {
        const label = `${side.name} ${subscribers}`;
        const result = await runRound(side, subscribers, size, load).catch((cause) => {
          throw new Error(`${label}: ${cause.message}`, { cause });
        });
        bySide.get(side.name)!.push(result);
        progress(`round ${round + 1} of ${rounds}, ${label}: ${describe(result)}`);
      }
    }
    measured.push({ subscribers, rounds: bySide });
  }
  return summarise(measured);
}

const listOption = (options: BenchContext['options'], name: string) =>
  (options[name] ?? '').split(',').map((part) => part.trim());

function describe(round: Round): string {
  const perSecond = (deliveries: number) => `${Math.round(deliveries).toLocaleString('en')}/s`;
  return [
    `steady ${perSecond(round.deliveriesPerSecond)} at ${round.cpuSecondsPer100k.toFixed(2)} CPU s per 100k`,
    `burst ${perSecond(round.burstDeliveriesPerSecond)}`,
    `p50 ${round.p50Ms.toFixed(1)} ms, p99 ${round.p99Ms.toFixed(1)} ms`,
    `${round.kibPerSubscriber.toFixed(1)} KiB a subscriber`,
  ].join(', ');
}
