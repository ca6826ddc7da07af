import type { Redis } from 'ioredis';

/** Calls by command, such as `xrange` */
export type CommandCounts = Readonly<Record<string, number>>;

/** Everything that Redis has carried out since it was started, also from within scripts and transactions. */
export async function readCommandCounts(redis: Redis): Promise<CommandCounts> {
  const lines = (await redis.info('commandstats')).split('\r\n');
  const counts = lines
    .map((line) => /^cmdstat_([^:]+):calls=(\d+)/.exec(line))
    .filter((match) => match !== null);
  return Object.fromEntries(counts.map(([, command, calls]) => [command!, Number(calls)]));
}

/** The calls between two readings. */
export function commandsBetween(before: CommandCounts, after: CommandCounts): CommandCounts {
  const entries = Object.entries(after).map(
    ([command, calls]) => [command, calls - (before[command] ?? 0)] as const,
  );
  return Object.fromEntries(entries.filter(([, calls]) => calls > 0));
}
