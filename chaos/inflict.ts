/** How each fault is brought about, and ended. */
import { setTimeout as delay } from 'node:timers/promises';
import type { PostgresServer } from '../dev/postgres.ts';
import type { TcpProxy } from '../dev/tcp-proxy.ts';
import { type FaultName, faults } from './faults.ts';
import type { Instance } from './instance.ts';
import type { ChaosRedis } from './redis.ts';
import type { PlannedFault } from './schedule.ts';

/** What faults happen to. Who is not there, by name, is spared. */
export interface Stage {
  readonly postgres: PostgresServer;
  readonly redis: ChaosRedis;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly redisLinks: ReadonlyMap<string, TcpProxy>;
  readonly postgresLinks: ReadonlyMap<string, TcpProxy>;
  readonly clients: ReadonlyMap<string, { cut(): void }>;
}

/** A fault that happened, ms since 1970. */
export interface Inflicted {
  readonly fault: FaultName;
  readonly target: string;
  readonly from: number;
  readonly to: number;
}

export interface InflictOptions {
  readonly stage: Stage;
  readonly planned: readonly PlannedFault[];
  readonly signal: AbortSignal;
  readonly onBegin: (fault: PlannedFault, target: string) => void;
}

/**
 * Lets the faults happen at their times, and settles when the last is over: everything runs then, or is being started.
 * Two of one target never overlap: the later one waits.
 */
export async function inflict({ stage, planned, signal, onBegin }: InflictOptions): Promise<Inflicted[]> {
  const start = performance.now();
  const inflicted: Inflicted[] = [];
  const newestOf = new Map<string, Promise<void>>();
  for (const fault of planned) {
    await delay(Math.max(0, start + fault.atMs - performance.now()), undefined, { signal });
    for (const target of fault.targets) {
      const place = `${faults[fault.fault].reaches}/${target}`;
      const after = newestOf.get(place) ?? Promise.resolve();
      const happen = async () => {
        await after;
        const from = Date.now();
        onBegin(fault, target);
        const end = await begin[fault.fault](stage, target, fault);
        await delay(fault.lastsMs, undefined, { signal });
        await end?.();
        inflicted.push({ fault: fault.fault, target, from, to: Date.now() });
      };
      const happening = happen();
      happening.catch(() => {}); // told below, after the faults that are still to come
      newestOf.set(place, happening);
    }
  }
  await Promise.all(newestOf.values());
  return inflicted;
}

type End = (() => unknown) | undefined;
type Begin = (stage: Stage, target: string, planned: PlannedFault) => Promise<End> | End;

const hourMs = 3_600_000;

const kill: Begin = async ({ instances }, target) => {
  const instance = instances.get(target);
  await instance?.takeDown();
  return () => instance?.bringUp();
};

const hang: Begin = ({ instances }, target) => {
  const instance = instances.get(target);
  instance?.signal('SIGSTOP');
  return () => instance?.signal('SIGCONT');
};

type Links = (stage: Stage, target: string) => TcpProxy | undefined;
const redisLink: Links = ({ redisLinks }, target) => redisLinks.get(target);
const postgresLink: Links = ({ postgresLinks }, target) => postgresLinks.get(target);
const front: Links = ({ instances }, target) => instances.get(target)?.front;

const cut =
  (linkOf: Links): Begin =>
  (stage, target) => {
    const link = linkOf(stage, target);
    link?.refuse();
    link?.cut();
    return () => link?.heal();
  };

const silence =
  (linkOf: Links): Begin =>
  (stage, target) => {
    const link = linkOf(stage, target);
    link?.silence();
    // those that fell silent stay so: whoever has one must notice by itself
    return () => link?.heal();
  };

const slow =
  (linkOf: Links): Begin =>
  (stage, target, { slowMs }) => {
    const link = linkOf(stage, target);
    link?.slow(slowMs);
    return () => link?.heal();
  };

const begin: Readonly<Record<FaultName, Begin>> = {
  'relay-kill': kill,
  'relay-hang': hang,
  'worker-kill': kill,
  'worker-hang': hang,
  async 'worker-clock'({ instances }, target) {
    const instance = instances.get(target);
    await instance?.restart({ clockAheadMs: hourMs });
    return () => instance?.restart({ clockAheadMs: 0 });
  },
  'api-kill': kill,
  'api-hang': hang,
  async 'postgres-restart'({ postgres }) {
    await postgres.crashAndRestart();
    return undefined;
  },
  async 'redis-kill'({ redis }) {
    await redis.server.kill();
    return () => redis.server.start();
  },
  async 'redis-empty'({ redis }) {
    await redis.server.kill();
    await redis.forget();
    return () => redis.server.start();
  },
  async 'redis-flush'({ redis }) {
    await redis.flush();
    return undefined;
  },
  async 'redis-rollback'({ redis }) {
    await redis.remember();
    return () => redis.rollBack();
  },
  'redis-hang'({ redis }) {
    redis.server.pause();
    return () => redis.server.resume();
  },
  'redis-cut': cut(redisLink),
  'redis-half-open': silence(redisLink),
  'redis-slow': slow(redisLink),
  'postgres-cut': cut(postgresLink),
  'postgres-half-open': silence(postgresLink),
  'postgres-slow': slow(postgresLink),
  'client-cut'({ clients }, target) {
    clients.get(target)?.cut();
    return undefined;
  },
  'client-half-open'(stage, target) {
    const link = front(stage, target);
    link?.silence();
    return () => {
      link?.heal();
      // an EventSource notices no silence: the network ends the connection in the end
      link?.cut();
    };
  },
  'client-slow': slow(front),
};
