/** What can lie between a storm's cut and the moment from which the clients may come back. */
import { setTimeout as delay } from 'node:timers/promises';
import type { StormWorld } from './world.ts';
import type { Writer } from './writer.ts';

/** Long enough for a good part of the clients to miss something */
export const outageMs = 1_000;

/** `kill -9`, and another api on the same port: whatever the process held in memory of the log is gone. */
export async function killApi({ api, startApi }: StormWorld): Promise<void> {
  await api.kill();
  await startApi();
}

const kept = 10; // the fewest events that a stream can be told to keep
const missed = 20 * kept; // written without an api, so that what clients missed is out of Redis for certain

/** No api runs while events go on, and Redis keeps next to nothing of them. */
export async function loseHistoryInRedis(world: StormWorld, writer: Writer): Promise<void> {
  await world.api.kill();
  await world.keepInRedis(kept);
  const enough = writer.written + missed;
  while (writer.written < enough) await delay(10);
  await world.startApi();
}
