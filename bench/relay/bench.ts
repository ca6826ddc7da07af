/** How fast the relay empties a backlog, beside others and beside the parts that it is made of. */
import type { Bench, BenchContext, BenchResult, Case } from '../harness.ts';
import { wholeOption } from '../options.ts';
import { median, ratio } from '../stats.ts';
import { addBulkAlone, luaAlone, pipelineAlone, selectAlone } from './ceilings.ts';
import { type Speed, timeOnce } from './contestant.ts';
import { graphileWorker } from './graphile-worker.ts';
import { naiveRelay } from './naive.ts';
import { oursToQueues, oursToStreams } from './ours.ts';
import { pgBoss } from './pg-boss.ts';
import { pgTransactionalOutbox } from './pg-transactional-outbox.ts';
import { startRelayWorld } from './world.ts';

export const relay: Bench = {
  name: 'relay',
  about: 'how fast the relay empties a backlog, beside other relays and beside its own parts alone',
  options: {
    rounds: { value: 'N', about: 'how often each is measured, in turn', fallback: '5' },
    events: { value: 'N', about: 'waiting in the outbox for the streams', fallback: '100000' },
    jobs: { value: 'N', about: 'of them for the queues', fallback: '20000' },
    'rival-jobs': { value: 'N', about: 'of them for the job queues in PostgreSQL', fallback: '10000' },
    'naive-events': { value: 'N', about: 'of them for relays that move one at a time', fallback: '5000' },
  },
  floors: [
    {
      ratio: 'streamsOverSelect',
      atLeast: 0.65,
      because: 'reading the outbox is what cannot be saved: everything else may cost half as much again',
    },
    { ratio: 'streamsOverNaive', atLeast: 10, because: 'a batch has to pay' },
    {
      ratio: 'queuesOverAddBulk',
      atLeast: 0.9,
      because: 'a job costs so much in BullMQ that reading and marking may hardly be seen beside it',
    },
  ],
  run,
};

async function run({ options, progress }: BenchContext): Promise<BenchResult> {
  const rounds = wholeOption(options, 'rounds');
  const events = wholeOption(options, 'events');
  const jobs = wholeOption(options, 'jobs');
  const rivalJobs = wholeOption(options, 'rival-jobs');
  const naive = wholeOption(options, 'naive-events');
  progress(`starting PostgreSQL and Redis, and filling the outbox`);
  await using world = await startRelayWorld(Math.max(events, jobs, rivalJobs, naive));
  const contestants = [
    selectAlone(events),
    oursToStreams(events),
    luaAlone(events),
    pipelineAlone(events),
    naiveRelay(naive),
    pgTransactionalOutbox(naive),
    addBulkAlone(jobs),
    oursToQueues(jobs),
    graphileWorker(rivalJobs),
    pgBoss(rivalJobs),
  ];
  const speeds = new Map<string, Speed[]>(contestants.map(({ name }) => [name, []]));
  // round 0 warms up
  for (let round = 0; round <= rounds; round += 1) {
    for (const contestant of round % 2 === 1 ? contestants : contestants.toReversed()) {
      const speed = await timeOnce(contestant, world);
      if (round === 0) continue;
      speeds.get(contestant.name)!.push(speed);
      progress(`round ${round} of ${rounds}, ${contestant.name}: ${speed.perSecond.toFixed(0)}/s`);
    }
  }
  /** The median of each round's own ratio */
  const over = (one: string, other: string) =>
    median(
      speeds.get(one)!.map(({ perSecond }, round) => ratio(perSecond, speeds.get(other)![round]!.perSecond)),
    );
  return {
    cases: contestants.map(({ name, events: moved }): Case => {
      const middle = (figure: keyof Speed) => median(speeds.get(name)!.map((speed) => speed[figure]));
      const figures = { perSecond: middle('perSecond'), cpuMicroseconds: middle('cpuMicroseconds') };
      return { name, figures: { events: moved, ...figures } };
    }),
    ratios: {
      streamsOverSelect: over('ours to streams', 'batched SELECT alone'),
      streamsOverNaive: over('ours to streams', 'naive'),
      queuesOverAddBulk: over('ours to queues', 'addBulk alone'),
      streamsOverPgTransactionalOutbox: over('ours to streams', 'pg-transactional-outbox'),
      queuesOverGraphileWorker: over('ours to queues', 'graphile-worker'),
      queuesOverPgBoss: over('ours to queues', 'pg-boss'),
      luaOverPipeline: over('Lua call alone', 'pipeline of XADDs alone'),
    },
  };
}
