/** An event for one user among many: does it cost more when more others are subscribed, each to a user of their own? */
import type { Bench, BenchContext, BenchResult, Case } from '../harness.ts';
import { startLiveWorld } from '../live/world.ts';
import { wholeOption } from '../options.ts';
import { median, ratio } from '../stats.ts';
import { type Audience, gather, type Round, runRound, type Size } from './round.ts';
import { type StartSide, startAorta, startStock } from './sides.ts';

export const selective: Bench = {
  name: 'selective',
  about: 'an event for one user: what it costs with few and with many other subscribers',
  options: {
    rounds: { value: 'N', about: 'how often each is measured, in turn', fallback: '5' },
    few: { value: 'N', about: 'subscribers, where there are few', fallback: '10' },
    many: { value: 'N', about: 'subscribers, where there are many', fallback: '10000' },
    'stock-many': {
      value: 'N',
      about: 'the same for the stock stack, which cannot take as many',
      fallback: '1000',
    },
    events: { value: 'N', about: 'events of a round', fallback: '1000' },
    rate: { value: 'N', about: 'events a second', fallback: '250' },
  },
  floors: [
    {
      ratio: 'cpuPerEvent10000Over10',
      atMost: 1.5,
      because: 'an event touches the subscribers of its own user only: the others are not even looked at',
    },
  ],
  run,
};

async function run({ options, progress }: BenchContext): Promise<BenchResult> {
  const rounds = wholeOption(options, 'rounds');
  const few = wholeOption(options, 'few');
  const many = wholeOption(options, 'many');
  const stockMany = wholeOption(options, 'stock-many');
  const size: Size = { events: wholeOption(options, 'events'), perSecond: wholeOption(options, 'rate') };

  progress('starting PostgreSQL and Redis');
  await using world = await startLiveWorld();
  await using audiences = new AsyncDisposableStack();
  const join = async (start: StartSide, subscribers: number) => {
    const audience = audiences.use(await gather(world, start, subscribers));
    const name = `${audience.side.name} ${subscribers}`;
    progress(`${name}: everybody is subscribed`);
    return { name, audience, rounds: [] as Round[] };
  };
  const aortaFew = await join(startAorta, few);
  const aortaMany = await join(startAorta, many);
  const stockFew = await join(startStock, few);
  const stockMost = await join(startStock, stockMany);
  const all = [aortaFew, aortaMany, stockFew, stockMost];

  progress('warming up');
  for (const each of all) await measure(each.name, each.audience, size);
  for (let round = 1; round <= rounds; round += 1) {
    for (const each of round % 2 === 1 ? all : all.toReversed()) {
      each.rounds.push(await measure(each.name, each.audience, size));
      progress(`round ${round} of ${rounds}, ${each.name}: ${describe(each.rounds.at(-1)!)}`);
    }
  }
  return {
    cases: all.map(({ name, audience, rounds }): Case => {
      const figures = Object.keys(rounds[0]!) as (keyof Round)[];
      const middle = figures.map((figure) => [figure, median(rounds.map((round) => round[figure]))] as const);
      return { name, figures: { subscribers: audience.subscribers, ...Object.fromEntries(middle) } };
    }),
    ratios: {
      [`cpuPerEvent${many}Over${few}`]: manyOverFew(aortaMany.rounds, aortaFew.rounds),
      [`stockCpuPerEvent${stockMany}Over${few}`]: manyOverFew(stockMost.rounds, stockFew.rounds),
    },
  };
}

function measure(name: string, audience: Audience, size: Size): Promise<Round> {
  return runRound(audience, size).catch((cause) => {
    throw new Error(`${name}: ${cause.message}`, { cause });
  });
}

/** The median of each round's own ratio. */
const manyOverFew = (many: readonly Round[], few: readonly Round[]) =>
  median(many.map((round, index) => ratio(round.cpuMsPerEvent, few[index]!.cpuMsPerEvent)));

const describe = ({ cpuMsPerEvent, idleCpuShare, p50Ms, p99Ms }: Round) =>
  `${cpuMsPerEvent.toFixed(3)} CPU ms an event beside ${(idleCpuShare * 100).toFixed(1)} % when idle, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
