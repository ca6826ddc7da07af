/** How often a topic's stream is read again, told apart from the tail, which reads every entry once and goes on. */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

export interface HistoryReads {
  /** Reads that started below where another one had started before */
  readonly count: number;
  stop(): void;
}

/**
 * Settles once it has seen the tail read, so that events must be going on. It listens to everything that Redis carries
 * out (MONITOR), which costs little beside a storm; on a socket of its own, because ioredis takes what arrives together
 * with the answer to MONITOR for answers too.
 */
export async function watchHistoryReads(redisUrl: string): Promise<HistoryReads> {
  const furthest = new Map<string, number>();
  const isReading = Promise.withResolvers<void>();
  let count = 0;
  const { hostname, port } = new URL(redisUrl);
  const socket = connect(Number(port), hostname);
  socket.on('error', isReading.reject);
  createInterface({ input: socket }).on('line', (line) => {
    const read = streamRead.exec(line);
    if (!read) return;
    const [key, position] = [read[1]!, Number(read[2])];
    if (position < (furthest.get(key) ?? 0)) count += 1;
    else furthest.set(key, position);
    isReading.resolve();
  });
  socket.write('MONITOR\r\n');
  await isReading.promise;
  return {
    get count() {
      return count;
    },
    stop: () => void socket.destroy(),
  };
}

/** `+TIME [0 ADDRESS] "xrange" "KEY" "(POSITION-0" …`; scripts, which look at first entries to trim, have no address. */
const streamRead = /\[\d+ (?!lua)\S+\] "xrange" "([^"]+)" "\(?(\d+)/i;
