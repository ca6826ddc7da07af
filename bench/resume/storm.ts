/** One storm: every client loses its socket in the same moment, events go on, and all come back at once. */
import { setTimeout as delay } from 'node:timers/promises';
import { readApiStatements, type Statement, statementsBetween } from './api-statements.ts';
import type { Audience } from './audience.ts';
import { watchHistoryReads } from './history-reads.ts';
import { type CommandCounts, commandsBetween, readCommandCounts } from './redis-commands.ts';
import type { StormWorld } from './world.ts';
import type { Writer } from './writer.ts';

export interface Scene {
  readonly world: StormWorld;
  readonly audience: Audience;
  readonly writer: Writer;
}

export interface Storm {
  /** From when the clients may come back until one had caught up with what is live, of each, ms */
  readonly liveAfterMs: readonly number[];
  /** From the cut until all had caught up, s */
  readonly seconds: number;
  /** What the api used meanwhile, s; an api that was started meanwhile counts alone, with its start */
  readonly apiCpuSeconds: number;
  /** What Redis carried out meanwhile, for all roles */
  readonly redisCommands: CommandCounts;
  /** Of these the reads of what had been read from a stream before */
  readonly historyReads: number;
  /** What the api asked of PostgreSQL meanwhile */
  readonly apiStatements: readonly Statement[];
}

/** `outage` lasts from the cut until the clients may come back. */
export async function raiseStorm(
  { world, audience, writer }: Scene,
  outage: (world: StormWorld) => Promise<unknown>,
): Promise<Storm> {
  const { api } = world;
  const historyReads = await watchHistoryReads(world.redisUrl);
  const before = await readCounts(world);
  const start = performance.now();
  audience.cut();
  await outage(world);
  const liveAfterMs = await audience.connect();
  await untilReceived(audience, () => writer.written - onTheirWay);
  const seconds = (performance.now() - start) / 1_000;
  const after = await readCounts(world);
  historyReads.stop();
  return {
    liveAfterMs,
    seconds,
    apiCpuSeconds: after.cpuSeconds - (world.api === api ? before.cpuSeconds : 0),
    redisCommands: commandsBetween(before.redis, after.redis),
    historyReads: historyReads.count,
    apiStatements: statementsBetween(before.statements, after.statements),
  };
}

async function readCounts({ api, redis, database }: StormWorld) {
  const [{ cpuSeconds }, commands, statements] = await Promise.all([
    api.usage(),
    readCommandCounts(redis),
    readApiStatements(database.pool),
  ]);
  return { cpuSeconds, redis: commands, statements };
}

const onTheirWay = 100; // events between the writer and the clients when nobody is behind
const patienceMs = 20_000; // nothing came for so long: what is missing now is lost

/** Waits until the clients have received so many events, or nothing comes any more: who lost what is judged elsewhere. */
export async function untilReceived(audience: Audience, events: () => number): Promise<void> {
  let received = audience.received;
  let changedAt = performance.now();
  while (received < events() && performance.now() - changedAt < patienceMs) {
    await delay(5);
    if (audience.received !== received) changedAt = performance.now();
    received = audience.received;
  }
}
