/** How long nothing is published when the relay that leads is gone, whichever way it went. */
import type { Bench, BenchContext, BenchResult, Case } from '../harness.ts';
import { nowMs } from '../live/clock.ts';
import { wholeOption } from '../options.ts';
import { median, ratio } from '../stats.ts';
import { type Member, startTakeoverWorld, type TakeoverWorld } from './world.ts';

const budgetMs = 2_000;
const cleanBudgetMs = 500;

export const takeover: Bench = {
  name: 'takeover',
  about: 'how long nothing is published when the relay that leads is gone',
  options: { rounds: { value: 'N', about: 'how often each way to go is measured', fallback: '10' } },
  floors: [
    {
      ratio: 'slowestOverBudget',
      atMost: 1,
      because: `whatever becomes of a leader, another has to publish within ${budgetMs} ms`,
    },
    {
      ratio: 'slowestStopOverBudget',
      atMost: 1,
      because: `a release must not be seen: ${cleanBudgetMs} ms from SIGTERM to what the next one published`,
    },
  ],
  run,
};

interface Exit {
  readonly name: string;
  readonly strike: (member: Member) => unknown;
}

const stopped = { name: 'stopped', strike: ({ relay }: Member) => relay.signal('SIGTERM') };
const exits: readonly Exit[] = [
  stopped,
  { name: 'killed', strike: ({ relay }) => relay.signal('SIGKILL') },
  { name: 'hanging', strike: ({ relay }) => relay.signal('SIGSTOP') },
  { name: 'half-open to PostgreSQL', strike: ({ toPostgres }) => toPostgres.silence() },
];

async function run({ options, progress }: BenchContext): Promise<BenchResult> {
  const rounds = wholeOption(options, 'rounds');
  progress('starting PostgreSQL, Redis and a relay');
  await using world = await startTakeoverWorld();
  const silences = new Map<string, number[]>(exits.map(({ name }) => [name, []]));
  let leader = await world.join();
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, strike } of exits) {
      const next = await world.join();
      const silentMs = await timeSilence(world, next, () => strike(leader));
      await world.leave(leader);
      leader = next;
      silences.get(name)!.push(silentMs);
      progress(`round ${round} of ${rounds}, ${name}: ${silentMs.toFixed(0)} ms`);
    }
  }
  const slowest = (name: string) => Math.max(...silences.get(name)!);
  return {
    cases: exits.map(
      ({ name }): Case => ({
        name,
        figures: { medianMs: median(silences.get(name)!), slowestMs: slowest(name) },
      }),
    ),
    ratios: {
      slowestOverBudget: ratio(Math.max(...exits.map(({ name }) => slowest(name))), budgetMs),
      slowestStopOverBudget: ratio(slowest(stopped.name), cleanBudgetMs),
    },
  };
}

/** From the strike until the next one leads and something is published that was committed after it, ms. */
async function timeSilence(world: TakeoverWorld, next: Member, strike: () => unknown): Promise<number> {
  await world.publishOne(); // the one that leads has begun
  const from = nowMs();
  strike();
  await Promise.all([world.publishOne(), next.relay.waitForLog('lease.taken')]);
  return nowMs() - from;
}
