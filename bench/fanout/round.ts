/** One side with one number of subscribers, once: a fresh server is measured in every way, and is gone again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Flow } from '../live/counting.ts';
import { flowAtOnce, flowPaced, flowThrough } from '../live/flow.ts';
import type { Load } from '../live/load.ts';
import type { MeasuredServer } from '../live/measured-server.ts';
import { untilSubscribed } from '../live/until-subscribed.ts';
import { watchStartedEnvelope } from '../live/viewing-events.ts';
import { percentile } from '../stats.ts';
import { type Side, videoId } from './sides.ts';

export interface Size {
  /** Events on their way in the steady flow */
  readonly window: number;
  /** How long the steady flow is measured, s; the paced one takes twice as long, because it has fewer events */
  readonly seconds: number;
  /** Events of a burst, for sides that manage so many in a few seconds */
  readonly burst: number;
}

export interface Round {
  /** In the steady flow */
  readonly deliveriesPerSecond: number;
  readonly cpuSecondsPer100k: number;
  /** Of the load client: beside a server that needs as much, it is what is measured */
  readonly clientCpuSecondsPer100k: number;
  readonly burstEvents: number;
  readonly burstDeliveriesPerSecond: number;
  /** From publishing to receipt, at 5,000 deliveries/s in total */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** With all subscribers idle */
  readonly rssMiB: number;
  readonly kibPerSubscriber: number;
  readonly bytesPerDelivery: number;
  /** Events that arrived, each once and in order, at all subscribers together */
  readonly deliveries: number;
}

const warmUpSubscribers = 20;
const warmUpMs = 500;
const pacedDeliveriesPerSecond = 5_000;
const minPacedEvents = 3;

/** Throws when a subscriber misses an event, has one twice, or has it out of order. */
export async function runRound(side: Side, subscribers: number, size: Size, load: Load): Promise<Round> {
  await using server = await side.start();
  const open = (sockets: number) =>
    load.open({ port: server.port, path: side.path, sockets, query: side.query, variables: [] });
  try {
    // what the first subscribers cost is code that is loaded, which no later one costs again
    const few = createFlow(side, load, warmUpSubscribers);
    await open(warmUpSubscribers);
    await untilSubscribed(few);
    await load.close();
    const empty = await server.settledUsage();

    const flow = createFlow(side, load, subscribers);
    await open(subscribers);
    await untilSubscribed(flow);
    const idle = await server.settledUsage();
    const steady = await runSteady(flow, server, size);
    const latencies = await runPaced(flow, size);
    const burst = await runBurst(flow, Math.min(size.burst, Math.floor(side.burstDeliveries / subscribers)));
    return {
      ...steady.figures,
      ...burst,
      p50Ms: percentile(latencies, 50),
      p99Ms: percentile(latencies, 99),
      rssMiB: idle.rssBytes / 2 ** 20,
      kibPerSubscriber: (idle.rssBytes - empty.rssBytes) / 2 ** 10 / subscribers,
      deliveries: steady.deliveries + latencies.length + burst.burstEvents * subscribers,
    };
  } finally {
    await load.close();
  }
}

function createFlow(side: Side, load: Load, sockets: number): Flow {
  return {
    load,
    sockets,
    next: () => nextSequence,
    make(count) {
      const first = nextSequence;
      nextSequence += count;
      const envelopes = Array.from({ length: count }, (_, index) =>
        watchStartedEnvelope({ sequence: first + index, userId: 'ada', videoId }),
      );
      return { first, count, publish: () => side.publish(envelopes) };
    },
  };
}

let nextSequence = 1; // of all sides together: an event of another side can be told

async function runSteady(flow: Flow, server: MeasuredServer, { window, seconds }: Size) {
  const { measured, finished } = await flowThrough(flow, window, async () => {
    await delay(warmUpMs);
    const [before, used] = await Promise.all([flow.load.count(), server.usage()]);
    await delay(seconds * 1_000);
    const [after, usedThen] = await Promise.all([flow.load.count(), server.usage()]);
    return {
      // each in the time of its own process: a busy server answers later than the load client
      deliveriesPerMs: (after.deliveries - before.deliveries) / (after.atMs - before.atMs),
      cpuSecondsPerMs: (usedThen.cpuSeconds - used.cpuSeconds) / (usedThen.atMs - used.atMs),
      clientCpuSecondsPerMs: (after.cpuSeconds - before.cpuSeconds) / (after.atMs - before.atMs),
    };
  });
  const figures = {
    deliveriesPerSecond: measured.deliveriesPerMs * 1_000,
    cpuSecondsPer100k: (measured.cpuSecondsPerMs / measured.deliveriesPerMs) * 100_000,
    clientCpuSecondsPer100k: (measured.clientCpuSecondsPerMs / measured.deliveriesPerMs) * 100_000,
    bytesPerDelivery: finished.bytes / finished.deliveries,
  };
  return { figures, deliveries: finished.deliveries };
}

function runPaced(flow: Flow, { seconds }: Size): Promise<readonly number[]> {
  const intervalMs = (flow.sockets / pacedDeliveriesPerSecond) * 1_000;
  const events = Math.max(minPacedEvents, Math.ceil((2 * seconds * 1_000) / intervalMs));
  return flowPaced(flow, events, intervalMs);
}

async function runBurst(flow: Flow, events: number) {
  const { startMs, completedAtMs, deliveries } = await flowAtOnce(flow, events);
  return {
    burstEvents: events,
    burstDeliveriesPerSecond: (deliveries / (completedAtMs - startMs)) * 1_000,
  };
}
