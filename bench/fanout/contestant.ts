/** A server that takes part with one number of subscribers: fresh, weighed, and warm before its first round. */
import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from '../live/clock.ts';
import { flowThrough } from '../live/flow.ts';
import type { Load } from '../live/load.ts';
import type { MeasuredServer } from '../live/measured-server.ts';
import { openAudience } from './audience.ts';
import type { Side } from './sides.ts';

export interface Contestant extends AsyncDisposable {
  readonly side: Side;
  readonly server: MeasuredServer;
  readonly memory: Memory;
}

/** Of a fresh server, after its garbage was collected */
export interface Memory {
  /** With all subscribers there and idle */
  readonly rssMiB: number;
  /** What it grew by since nobody was there */
  readonly kibPerSubscriber: number;
}

const firstSubscribers = 20;
const warmDeliveries = 50_000; // after about as many the code of the slowest side is compiled for good
const longestWarmUpMs = 5_000;

/** Starts the server. Throws when a subscriber misses an event, has one twice, or has it out of order. */
export async function enter(
  side: Side,
  subscribers: number,
  window: number,
  load: Load,
): Promise<Contestant> {
  await using setup = new AsyncDisposableStack();
  const server = setup.use(await side.start());
  const open = (sockets: number) => openAudience(side, server.port, sockets, load);
  // what the very first subscribers cost is code that is loaded, which no later one costs again
  await (await open(firstSubscribers))[Symbol.asyncDispose]();
  const empty = await server.settledUsage();
  await using audience = await open(subscribers);
  const idle = await server.settledUsage();
  await flowThrough(audience, window, () => untilWarm(load));
  const owned = setup.move();
  return {
    side,
    server,
    memory: {
      rssMiB: idle.rssBytes / 2 ** 20,
      kibPerSubscriber: (idle.rssBytes - empty.rssBytes) / 2 ** 10 / subscribers,
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function untilWarm(load: Load): Promise<void> {
  const deadline = nowMs() + longestWarmUpMs;
  while (nowMs() < deadline && (await load.count()).deliveries < warmDeliveries) await delay(50);
}
