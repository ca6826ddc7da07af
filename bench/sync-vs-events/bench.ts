/** What a mutation costs its caller when seven services stand behind it: called in series, or told by an event. */
import type { Bench, BenchContext, BenchResult, Case } from '../harness.ts';
import { wholeOption } from '../options.ts';
import { median, percentile, ratio } from '../stats.ts';
import { handledOverRecorded } from './drain.ts';
import type { LoadResult } from './load.ts';
import { type EventRound, runEventRound, runSyncRound, type Size, type SyncRound } from './rounds.ts';
import { workMs } from './services.ts';
import { downService, startWorld } from './world.ts';

const services = 7;
const budgetMs = 100;

export const syncVsEvents: Bench = {
  name: 'sync-vs-events',
  about: `a mutation with ${services} services of ${workMs / 1_000} s each behind it: called in series, against events`,
  options: {
    rounds: { value: 'N', about: 'how often each side is measured, in turn', fallback: '3' },
    viewers: { value: 'N', about: 'who send their mutations at the same time', fallback: '4' },
    mutations: { value: 'N', about: 'mutations of a load, event-driven', fallback: '200' },
    'sync-mutations': { value: 'N', about: 'mutations of a load, synchronous', fallback: '12' },
  },
  floors: [
    {
      ratio: 'syncP50OverInjectedWork',
      atLeast: 1,
      because: `the synchronous mutation waits for ${services} × ${workMs} ms: less, and the rival did not do its work`,
    },
    {
      ratio: 'eventsP50OverBudget',
      atMost: 1,
      because: `the event-driven mutation has to be answered within ${budgetMs} ms, which feels immediate`,
    },
    {
      ratio: 'syncP50OverEventsP50',
      atLeast: (services * workMs) / budgetMs,
      because: `${services} × ${workMs} ms of work against a budget of ${budgetMs} ms`,
    },
    {
      ratio: 'failuresWithAllServicesUp',
      atMost: 0,
      because: 'how long a mutation takes to fail is no response time',
    },
    {
      ratio: 'syncFailuresWithOneServiceDown',
      atLeast: 1,
      because: 'a series breaks with any of its services: else the rival did not need the one that is down',
    },
    {
      ratio: 'eventFailuresWithOneServiceDown',
      atMost: 0,
      because: 'a service that only reacts must not be able to fail a mutation',
    },
    {
      ratio: 'handledOverRecorded',
      atLeast: 1,
      because: 'an early answer is worth nothing if a service then misses the event',
    },
    {
      ratio: 'handledOverRecorded',
      atMost: 1,
      because: 'no service may handle an event twice',
    },
  ],
  run,
};

async function run({ options, progress }: BenchContext): Promise<BenchResult> {
  const rounds = wholeOption(options, 'rounds');
  const size: Size = {
    viewers: wholeOption(options, 'viewers'),
    mutations: wholeOption(options, 'mutations'),
    syncMutations: wholeOption(options, 'sync-mutations'),
  };
  progress('starting PostgreSQL, Redis and the processes of both sides');
  await using world = await startWorld();
  progress('warming up');
  const few: Size = { viewers: size.viewers, mutations: 4 * size.viewers, syncMutations: size.viewers };
  await Promise.all([runSyncRound(world, few, 'warm-up'), runEventRound(world, few, 'warm-up')]);

  const sync: SyncRound[] = [];
  const events: EventRound[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const label = `round-${round}`;
    const sides = [
      async () => void sync.push(await runSyncRound(world, size, label)),
      async () => void events.push(await runEventRound(world, size, label)),
    ];
    // in turn first, so that a machine that slows down or speeds up favours neither
    for (const side of round % 2 === 1 ? sides : sides.reverse()) await side();
    const p50 = ({ up, down }: SyncRound | EventRound) =>
      `${percentile(up.responseMs, 50).toFixed(0)} ms (one service down: ${percentile(down.responseMs, 50).toFixed(0)} ms)`;
    progress(
      `round ${round} of ${rounds}, p50: synchronous ${p50(sync.at(-1)!)}, event-driven ${p50(events.at(-1)!)}`,
    );
  }
  return summarise(sync, events, await handledOverRecorded(world.eventDriven.database.pool));
}

function summarise(sync: readonly SyncRound[], events: readonly EventRound[], handled: number): BenchResult {
  const syncUp = responses(sync.map(({ up }) => up));
  const syncDown = responses(sync.map(({ down }) => down));
  const eventsUp = responses(events.map(({ up }) => up));
  const eventsDown = responses(events.map(({ down }) => down));
  const middle = (figure: keyof Omit<EventRound, 'up' | 'down'>) =>
    median(events.map((round) => round[figure]));
  const cases: Case[] = [
    { name: 'synchronous', figures: syncUp },
    { name: 'event-driven', figures: { ...eventsUp, drainedSeconds: middle('drainedSeconds') } },
    {
      name: `synchronous, ${downService} down`,
      figures: { ...syncDown, halfDone: sync.reduce((sum, { halfDone }) => sum + halfDone, 0) },
    },
    {
      name: `event-driven, ${downService} down`,
      figures: {
        ...eventsDown,
        drainedSeconds: middle('othersDrainedSeconds'),
        waiting: middle('waiting'),
        caughtUpSeconds: middle('caughtUpSeconds'),
      },
    },
  ];
  return {
    cases,
    ratios: {
      syncP50OverInjectedWork: syncUp.p50Ms / (services * workMs),
      eventsP50OverBudget: eventsUp.p50Ms / budgetMs,
      syncP50OverEventsP50: ratio(syncUp.p50Ms, eventsUp.p50Ms),
      syncP99OverEventsP99: ratio(syncUp.p99Ms, eventsUp.p99Ms),
      failuresWithAllServicesUp: Math.max(syncUp.failedShare, eventsUp.failedShare),
      syncFailuresWithOneServiceDown: syncDown.failedShare,
      eventFailuresWithOneServiceDown: eventsDown.failedShare,
      handledOverRecorded: handled,
    },
  };
}

/** Percentiles of each round, and of these the median; failures of all rounds together. */
function responses(rounds: readonly LoadResult[]) {
  const mutations = rounds.reduce((sum, { responseMs }) => sum + responseMs.length, 0);
  return {
    mutations,
    p50Ms: median(rounds.map(({ responseMs }) => percentile(responseMs, 50))),
    p99Ms: median(rounds.map(({ responseMs }) => percentile(responseMs, 99))),
    failedShare: rounds.reduce((sum, { failed }) => sum + failed, 0) / mutations,
  };
}
