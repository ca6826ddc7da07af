/** How long it takes from a commit to the client's socket, with nothing else to do and behind a backlog of the queues. */
import type { Bench, BenchContext, BenchResult, Case } from '../harness.ts';
import { wholeOption } from '../options.ts';
import { mean, percentile, ratio } from '../stats.ts';
import { fallBehind, writeBacklog } from './backlog.ts';
import { createCommits, type Measured } from './measure.ts';
import { startLatencyWorld } from './world.ts';

const warmUpSeconds = 3;

export const latency: Bench = {
  name: 'latency',
  about: 'from a commit to a client, with nothing else to do and beside queues that are far behind',
  options: {
    seconds: { value: 'N', about: 'for which each is measured', fallback: '10' },
    rate: { value: 'N', about: 'commits a second', fallback: '100' },
    backlog: { value: 'N', about: 'events that a queue consumer is behind', fallback: '200000' },
  },
  floors: [
    {
      ratio: 'p50OverCommitAndRoundTrip',
      atMost: 3,
      because:
        'after the commit come a nudge, two queries, a call of Redis, a read and a send: each may take its time once',
    },
    {
      ratio: 'backlogP99OverIdle',
      atMost: 2,
      because: 'queues have a pace of their own: whoever looks at a screen must hardly notice',
    },
    {
      ratio: 'backlogLeftOverMeasured',
      atLeast: 0.001,
      because: 'a backlog that is gone before the end was not measured',
    },
  ],
  run,
};

async function run({ options, progress }: BenchContext): Promise<BenchResult> {
  const seconds = wholeOption(options, 'seconds');
  const rate = wholeOption(options, 'rate');
  const events = wholeOption(options, 'backlog');
  progress('starting PostgreSQL, Redis, relay and api');
  await using world = await startLatencyWorld();
  const commits = createCommits(world);
  await commits.untilFirst();
  await commits.run(rate, warmUpSeconds);

  progress('idle');
  const before = await commits.run(rate, seconds);
  progress(`p50 ${p(before, 50)}, p99 ${p(before, 99)}; writing a backlog of ${events}`);
  const range = await writeBacklog(world.pool, events);
  // the api, too, has to be through with it
  await commits.run(rate, warmUpSeconds);
  let behind: Measured;
  let left: number;
  {
    await using backlog = await fallBehind(world.pool, range);
    await commits.run(rate, 1);
    progress('beside the backlog');
    behind = await commits.run(rate, seconds);
    left = await backlog.left();
  }
  progress(`p50 ${p(behind, 50)}, p99 ${p(behind, 99)}, ${left} were left of it; idle again`);
  await commits.run(rate, warmUpSeconds);
  const after = await commits.run(rate, seconds);

  const commitMs = percentile([...before.commitMs, ...after.commitMs], 50);
  const roundTripMs = percentile([...before.roundTripMs, ...after.roundTripMs], 50);
  const idleP50 = percentile([...before.latencyMs, ...after.latencyMs], 50);
  const idleP99 = mean([before, after].map(({ latencyMs }) => percentile(latencyMs, 99)));
  const toCase = (name: string, { latencyMs, commitMs, roundTripMs }: Measured): Case => ({
    name,
    figures: {
      p50Ms: percentile(latencyMs, 50),
      p99Ms: percentile(latencyMs, 99),
      commitP50Ms: percentile(commitMs, 50),
      roundTripP50Ms: percentile(roundTripMs, 50),
    },
  });
  return {
    cases: [toCase('idle', before), toCase('beside a backlog', behind), toCase('idle again', after)],
    ratios: {
      p50OverCommitAndRoundTrip: ratio(idleP50, commitMs + roundTripMs),
      backlogP99OverIdle: ratio(percentile(behind.latencyMs, 99), idleP99),
      backlogLeftOverMeasured: left / events,
    },
  };
}

const p = ({ latencyMs }: Measured, percentage: number) =>
  `${percentile(latencyMs, percentage).toFixed(1)} ms`;
