/** How often a topic's stream is read again, told apart from the tail, which reads every entry once and goes on. */
import type { Redis } from 'ioredis';

export interface HistoryReads {
  /** Reads that started below where another one had started before */
  readonly count: number;
  stop(): void;
}

/**
 * Settles once it has seen the tail read, so that events must be going on. It listens to everything that Redis carries
 * out (MONITOR), which costs little beside a storm.
 */
export async function watchHistoryReads(redis: Redis): Promise<HistoryReads> {
  const furthest = new Map<string, number>();
  const isReading = Promise.withResolvers<void>();
  let count = 0;
  const note = (_time: string, [command, key = '', start = '']: readonly string[], source: string) => {
    // scripts look at a stream's first entry when they trim it
    if (command?.toLowerCase() !== 'xrange' || source === 'lua') return;
    const position = Number(/\d+/.exec(start)?.[0] ?? 0);
    if (position < (furthest.get(key) ?? 0)) count += 1;
    else furthest.set(key, position);
    isReading.resolve();
  };
  const monitor = await redis.monitor();
  monitor.on('monitor', note);
  await isReading.promise;
  return {
    get count() {
      return count;
    },
    stop: () => monitor.disconnect(),
  };
}
