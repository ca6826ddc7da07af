import { median } from '../stats.ts';
import type { Appender } from './appenders.ts';

export interface Throughput {
  readonly perSecond: number;
  /** Of this process, user and system */
  readonly cpuMicroseconds: number;
  readonly written: number;
}

/** So many writers append for a while, each one event after the other. */
export async function measureThroughput(
  appender: Appender,
  { writers, seconds }: { writers: number; seconds: number },
): Promise<Throughput> {
  const appends = Array.from({ length: writers }, appender);
  const start = performance.now();
  const cpu = process.cpuUsage();
  const end = start + seconds * 1_000;
  let written = 0;
  const write = async (append: () => Promise<unknown>) => {
    while (performance.now() < end) {
      await append();
      written += 1;
    }
  };
  await Promise.all(appends.map(write));
  const { user, system } = process.cpuUsage(cpu);
  const tookSeconds = (performance.now() - start) / 1_000;
  return { perSecond: written / tookSeconds, cpuMicroseconds: (user + system) / written, written };
}

/** The median of what each takes when they are done in turn, ms: so they share whatever disturbs them. */
export async function timeInTurn<Name extends string>(
  ways: Readonly<Record<Name, () => Promise<unknown>>>,
  times: number,
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(ways) as Name[];
  const took = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let turn = 0; turn < times; turn += 1) {
    for (const name of turn % 2 === 0 ? names : names.toReversed()) {
      const start = performance.now();
      await ways[name]();
      took.get(name)!.push(performance.now() - start);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(took.get(name)!)])) as Record<Name, number>;
}
