/** A flow of events, each for one of a server's own users, and what an event cost it. */
import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from '../live/clock.ts';
import { type Load, startLoad } from '../live/load.ts';
import { untilSubscribed } from '../live/until-subscribed.ts';
import type { LiveWorld } from '../live/world.ts';
import { percentile } from '../stats.ts';
import { query, type Side, type StartSide } from './sides.ts';

/** A server with each of its subscribers on a user and a socket of its own. */
export interface Audience extends AsyncDisposable {
  readonly side: Side;
  readonly subscribers: number;
  readonly load: Load;
}

export interface Round {
  readonly cpuMsPerEvent: number;
  /** Of one core, with all subscribers there and no event */
  readonly idleCpuShare: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Size {
  readonly events: number;
  readonly perSecond: number;
}

const idleMs = 1_000;
const settleMs = 300; // within it an event has arrived, and one that comes twice has too
const arrivalTimeoutMs = 30_000;

const userOf = (subscriber: number) => `user-${subscriber}`;
let nextSequence = 1;

/** Starts the server, and settles when every subscriber has received an event. Throws when one does not. */
export async function gather(world: LiveWorld, start: StartSide, subscribers: number): Promise<Audience> {
  await using setup = new AsyncDisposableStack();
  const side = await start(world, subscribers);
  setup.use(side.server);
  const load = setup.use(startLoad());
  const variables = Array.from({ length: subscribers }, (_, subscriber) => ({ userId: userOf(subscriber) }));
  await load.open({ port: side.server.port, path: '/graphql', sockets: subscribers, query, variables });
  await untilSubscribed({
    load,
    // a probe is an event for each of them
    make: (probes) => ({
      first: nextSequence,
      count: probes * subscribers,
      async publish() {
        const all = Array.from({ length: probes * subscribers }, (_, index) => index % subscribers);
        await Promise.all(all.map((subscriber) => publishTo(side, subscriber)));
      },
    }),
  });
  const owned = setup.move();
  return { side, subscribers, load, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/**
 * Every event is for a user who is subscribed, picked at random, so that with few and with many subscribers the same
 * share of the events has to be delivered: all. Throws unless each of them gets what is its own, in order.
 */
export async function runRound({ side, subscribers, load }: Audience, size: Size): Promise<Round> {
  const { server } = side;
  const idleBefore = await server.usage();
  await delay(idleMs);
  const idleAfter = await server.usage();
  const idleCpuPerMs = (idleAfter.cpuSeconds - idleBefore.cpuSeconds) / (idleAfter.atMs - idleBefore.atMs);

  await load.begin({ checked: subscribers, first: undefined, receipts: true });
  const expected = new Uint32Array(subscribers);
  const publishedAt: number[][] = Array.from({ length: subscribers }, () => []);
  const before = await server.usage();
  const startMs = nowMs();
  const published: Promise<void>[] = [];
  for (let event = 0; event < size.events; event += 1) {
    await delay(Math.max(0, startMs + (event / size.perSecond) * 1_000 - nowMs()));
    const subscriber = Math.floor(Math.random() * subscribers);
    expected[subscriber]! += 1;
    publishedAt[subscriber]!.push(nowMs());
    published.push(publishTo(side, subscriber));
  }
  await Promise.all(published);
  await untilArrived(load, size.events);
  const after = await server.usage();
  const { perSocket, faults, receipts } = await load.end();
  const fault = faults[0] ?? wrongCount(perSocket, expected);
  if (fault !== undefined) throw new Error(fault);

  const cpuSeconds = after.cpuSeconds - before.cpuSeconds - idleCpuPerMs * (after.atMs - before.atMs);
  const latencies = Array.from(receipts!.atMs, (atMs, index) => {
    return atMs - publishedAt[receipts!.socket[index]!]![receipts!.event[index]!]!;
  });
  return {
    cpuMsPerEvent: (cpuSeconds * 1_000) / size.events,
    idleCpuShare: idleCpuPerMs * 1_000,
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
  };
}

function publishTo(side: Side, subscriber: number): Promise<void> {
  const sequence = nextSequence;
  nextSequence += 1;
  return side.publish({ sequence, userId: userOf(subscriber) });
}

async function untilArrived(load: Load, events: number): Promise<void> {
  const deadline = nowMs() + arrivalTimeoutMs;
  while ((await load.count()).deliveries < events) {
    if (nowMs() > deadline)
      throw new Error(`not all of ${events} events arrived within ${arrivalTimeoutMs} ms`);
    await delay(5);
  }
  await delay(settleMs);
}

function wrongCount(perSocket: Uint32Array, expected: Uint32Array): string | undefined {
  const wrong = perSocket.findIndex((received, socket) => received !== expected[socket]);
  return wrong < 0 ? undefined : `socket ${wrong} received ${perSocket[wrong]} of ${expected[wrong]} events`;
}
