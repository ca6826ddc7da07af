import { median } from '../stats.ts';
import type { Sessions } from './sessions.ts';
import type { Way } from './ways.ts';

export interface Throughput {
  readonly perSecond: number;
  /** Of this process, user and system */
  readonly cpuMicroseconds: number;
  readonly written: number;
}

/** Writes for a while, so many at once. */
export async function measureThroughput(
  way: Way,
  { sessions, atOnce, seconds }: { sessions: Sessions; atOnce: number; seconds: number },
): Promise<Throughput> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const end = start + seconds * 1_000;
  let written = 0;
  const write = async () => {
    while (performance.now() < end) {
      await way(sessions.next());
      written += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, write));
  const { user, system } = process.cpuUsage(cpu);
  const tookSeconds = (performance.now() - start) / 1_000;
  return { perSecond: written / tookSeconds, cpuMicroseconds: (user + system) / written, written };
}

export interface Pairs {
  /** Of one write of each way, ms */
  readonly oneMs: number;
  readonly otherMs: number;
}

/** Writes once one way and once the other, again and again, each first as often; gives the medians. */
export async function measurePairs(
  one: Way,
  other: Way,
  { sessions, pairs }: { sessions: Sessions; pairs: number },
): Promise<Pairs> {
  const timesOfOne: number[] = [];
  const timesOfOther: number[] = [];
  const time = async (way: Way, times: number[]) => {
    const session = sessions.next();
    const start = performance.now();
    await way(session);
    times.push(performance.now() - start);
  };
  for (let pair = 0; pair < pairs; pair += 1) {
    if (pair % 2 === 0) {
      await time(one, timesOfOne);
      await time(other, timesOfOther);
    } else {
      await time(other, timesOfOther);
      await time(one, timesOfOne);
    }
  }
  return { oneMs: median(timesOfOne), otherMs: median(timesOfOther) };
}
