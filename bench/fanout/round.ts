/** One side with one number of subscribers, once: the same in every round, with sockets of its own. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Flow } from '../live/counting.ts';
import { flowAtOnce, flowPaced, flowThrough } from '../live/flow.ts';
import type { Load } from '../live/load.ts';
import type { MeasuredServer } from '../live/measured-server.ts';
import { percentile } from '../stats.ts';
import { openAudience } from './audience.ts';
import type { Contestant } from './contestant.ts';

export interface Size {
  /** Events on their way in the steady flow */
  readonly window: number;
  /** How long the steady flow is measured, and at least the paced one, s */
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
  readonly bytesPerDelivery: number;
  /** Events that arrived, each once and in order, at all subscribers together */
  readonly deliveries: number;
}

const rampMs = 300;
const pacedDeliveriesPerSecond = 5_000;
const enoughPaced = { events: 10, deliveries: 15_000 }; // whichever comes first, where the events are rare

/** Throws when a subscriber misses an event, has one twice, or has it out of order. */
export async function runRound(
  { side, server }: Contestant,
  subscribers: number,
  size: Size,
  load: Load,
): Promise<Round> {
  await using audience = await openAudience(side, server.port, subscribers, load);
  const steady = await runSteady(audience, server, size);
  const latencies = await runPaced(audience, size);
  const burst = await runBurst(
    audience,
    Math.min(size.burst, Math.floor(side.burstDeliveries / subscribers)),
  );
  return {
    ...steady.figures,
    ...burst.figures,
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
    deliveries: steady.deliveries + latencies.length + burst.deliveries,
  };
}

async function runSteady(flow: Flow, server: MeasuredServer, { window, seconds }: Size) {
  const { measured, finished } = await flowThrough(flow, window, async () => {
    await delay(rampMs);
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
  const enough = Math.min(enoughPaced.events, Math.ceil(enoughPaced.deliveries / flow.sockets));
  const events = Math.max(enough, Math.ceil((seconds * 1_000) / intervalMs));
  return flowPaced(flow, events, intervalMs);
}

async function runBurst(flow: Flow, events: number) {
  const { startMs, completedAtMs, deliveries } = await flowAtOnce(flow, events);
  const burstDeliveriesPerSecond = (deliveries / (completedAtMs - startMs)) * 1_000;
  return { figures: { burstEvents: events, burstDeliveriesPerSecond }, deliveries };
}
