/** Workers that empty their queues, one after the other on the same stores. */
import type { BenchContext, BenchResult, Case } from '../harness.ts';
import { median, ratio } from '../stats.ts';
import type { Contestant } from './contestants.ts';
import { type Drained, drainOnce } from './drain-once.ts';
import { startWorkersWorld } from './world.ts';

/** Measures each contestant in turn, in rounds that share nothing: each process warms up by itself. */
export async function measureQueues(
  all: readonly Contestant[],
  rounds: number,
  progress: BenchContext['progress'],
): Promise<BenchResult> {
  progress('starting PostgreSQL and Redis, and filling the outbox');
  await using world = await startWorkersWorld(Math.max(...all.map(({ events }) => events)));
  const drained = new Map<string, Drained[]>(all.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const contestant of round % 2 === 1 ? all : all.toReversed()) {
      const result = await drainOnce(contestant, world);
      drained.get(contestant.name)!.push(result);
      progress(`round ${round} of ${rounds}, ${contestant.name}: ${result.perSecond.toFixed(0)}/s`);
    }
  }
  return {
    cases: all.map(({ name, events }): Case => {
      const own = drained.get(name)!;
      const inPostgres = own.flatMap((each) => each.postgresCpuMicroseconds ?? []);
      const figures = {
        events,
        perSecond: median(own.map((each) => each.perSecond)),
        cpuMicroseconds: median(own.map((each) => each.cpuMicroseconds)),
      };
      if (inPostgres.length === 0) return { name, figures };
      return { name, figures: { ...figures, postgresCpuMicroseconds: median(inPostgres) } };
    }),
    ratios: Object.fromEntries(
      Object.entries(ratios).flatMap(([name, [one, other]]) => {
        const [ones, others] = [drained.get(one), drained.get(other)];
        if (!ones || !others) return [];
        // the median of each round's own ratio
        return [[name, median(ones.map((each, round) => ratio(each.perSecond, others[round]!.perSecond)))]];
      }),
    ),
  };
}

const ratios = {
  sameTransactionOverBullmq: ['aorta, one-row', 'bullmq + inbox, one-row'],
  oneRowOverBullmq: ['aorta, one-row', 'bullmq, one-row'],
  oneRowOverGraphileWorker: ['aorta, one-row', 'graphile-worker, one-row'],
  oneRowOverPgBoss: ['aorta, one-row', 'pg-boss, one-row'],
  batchesOverBullmq: ['aorta, one-row-batches', 'bullmq, one-row'],
  batchesOverPgBossBatches: ['aorta, one-row-batches', 'pg-boss, one-row-batches'],
  batchesOverOneByOne: ['aorta, one-row-batches', 'aorta, one-row'],
  byKeyOverSerial: ['aorta, by-key', 'aorta, serial'],
} as const;
