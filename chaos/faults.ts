/** The faults there are: what each reaches, and how long it lasts. */

/** Who can be reached, by name: what is reached in one way stands under one word. */
export const reachable = {
  relay: ['relay-0', 'relay-1'],
  worker: ['worker-0', 'worker-1'],
  api: ['api-0', 'api-1'],
  redis: ['redis'],
  postgres: ['postgres'],
  /** Each process's own connections to Redis */
  'redis link': ['relay-0', 'relay-1', 'worker-0', 'worker-1', 'api-0', 'api-1'],
  /** Each process's own connections to PostgreSQL */
  'postgres link': ['relay-0', 'relay-1', 'worker-0', 'worker-1', 'api-0', 'api-1', 'writers'],
  client: ['sockets-0', 'sockets-1', 'sockets-2', 'sockets-3', 'stream-0'],
  /** What lies between an api and its clients */
  front: ['api-0', 'api-1'],
} as const;

export type Reach = keyof typeof reachable;

export interface Fault {
  readonly about: string;
  readonly reaches: Reach;
  /** The shortest and the longest, ms; 0 for what is over at once */
  readonly lastsMs: readonly [number, number];
}

const killed = [100, 3_000] as const; // until it is started again
const hanging = [500, 6_000] as const;
const cutOff = [0, 2_000] as const; // how long new connections are refused
const silent = [500, 12_000] as const; // longer than it takes to notice
const slow = [1_000, 4_000] as const;

export const faults = {
  'relay-kill': { about: 'kill -9 of a relay', reaches: 'relay', lastsMs: killed },
  'relay-hang': { about: 'SIGSTOP of a relay, which wakes up late', reaches: 'relay', lastsMs: hanging },
  'worker-kill': { about: 'kill -9 of a worker', reaches: 'worker', lastsMs: killed },
  'worker-hang': { about: 'SIGSTOP of a worker', reaches: 'worker', lastsMs: hanging },
  'worker-clock': {
    about: 'a worker stops cleanly and comes back with its clock an hour ahead',
    reaches: 'worker',
    lastsMs: [2_000, 10_000],
  },
  'api-kill': { about: 'kill -9 of an api', reaches: 'api', lastsMs: killed },
  'api-hang': { about: 'SIGSTOP of an api', reaches: 'api', lastsMs: hanging },
  'postgres-restart': {
    about: 'PostgreSQL ends at once, without a checkpoint, and starts again',
    reaches: 'postgres',
    lastsMs: [0, 0],
  },
  'redis-kill': { about: 'kill -9 of Redis, which keeps its data', reaches: 'redis', lastsMs: killed },
  'redis-empty': { about: 'kill -9 of Redis, which comes back empty', reaches: 'redis', lastsMs: killed },
  'redis-flush': { about: 'FLUSHALL', reaches: 'redis', lastsMs: [0, 0] },
  'redis-rollback': {
    about: 'Redis comes back as it was a while ago: its last writes are lost',
    reaches: 'redis',
    lastsMs: [100, 3_000],
  },
  'redis-hang': { about: 'SIGSTOP of Redis', reaches: 'redis', lastsMs: hanging },
  'redis-cut': { about: 'connections to Redis are reset', reaches: 'redis link', lastsMs: cutOff },
  'redis-half-open': { about: 'connections to Redis fall silent', reaches: 'redis link', lastsMs: silent },
  'redis-slow': { about: 'connections to Redis are slow', reaches: 'redis link', lastsMs: slow },
  'postgres-cut': { about: 'connections to PostgreSQL are reset', reaches: 'postgres link', lastsMs: cutOff },
  'postgres-half-open': {
    about: 'connections to PostgreSQL fall silent',
    reaches: 'postgres link',
    lastsMs: silent,
  },
  'postgres-slow': { about: 'connections to PostgreSQL are slow', reaches: 'postgres link', lastsMs: slow },
  'client-cut': { about: 'a client loses its connection', reaches: 'client', lastsMs: [0, 0] },
  'client-half-open': {
    about: 'connections of clients fall silent',
    reaches: 'front',
    lastsMs: [500, 6_000],
  },
  'client-slow': { about: 'connections of clients are slow', reaches: 'front', lastsMs: slow },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;

export const faultNames = Object.keys(faults) as readonly FaultName[];
