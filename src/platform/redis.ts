/**
 * Connections to Redis that notice silence: one on which an answer stays away is ended and opened anew, because a
 * half-open connection looks alive for as long as TCP lets it. Each is asked something all the time, the silent by
 * nature too. Each is to one server, of a Cluster and behind Sentinels too: who is told that it closed knows that another
 * server may be there from then on, which may lack the last writes.
 */
import { Redis, type RedisOptions } from 'ioredis';
import { isReplica } from './check-redis.ts';
import type { Logger } from './logger.ts';
import { type Way, wayTo } from './redis-servers/way.ts';

export type { Redis };

export interface RedisConnectionOptions {
  readonly url: string;
  /** Shown in CLIENT LIST */
  readonly name: string;
  /**
   * Of a Cluster: a key in the slot that the connection is for. Without one it is for the slot of what it is asked first, and
   * finds it by itself
   */
  readonly key?: string | undefined;
  readonly logger: Logger;
}

/** The settings that are ours to choose; undefined turns a bound off. */
interface ConnectionSettings {
  readonly connectionName: string;
  readonly maxRetriesPerRequest: number | null;
  readonly commandTimeout: number | undefined;
  readonly socketTimeout: number;
  readonly connectTimeout: number;
  readonly keepAlive: number;
  readonly disconnectTimeout: number;
  readonly enableOfflineQueue?: boolean;
  readonly retryStrategy: (attempt: number) => number;
}

const pingMs = 2_000;
const silenceMs = 4_000; // without a byte while an answer is due; far above the longest command of ours
const longestBlockMs = 10_000; // of BullMQ's workers, who end a read that overstays themselves

const refusalPauseMs = 500;

/** What a server says to every try, until somebody changes something or the failover is over. */
const lastingRefusal =
  /^(READONLY|MASTERDOWN|OOM|MISCONF|NOPERM|NOAUTH|WRONGPASS|MOVED|ASK|TRYAGAIN|CLUSTERDOWN|NOREPLICAS)\b/;

const reconnectMs = (attempt: number) => Math.min(50 * attempt, 1_000);

/**
 * A connection for commands: each one fails within seconds when Redis is away, and at once when it is known to be, so
 * that its caller can back off, tell, or ask Postgres instead. It reconnects by itself for ever, also when Redis falls
 * silent: within 5 s then, and what was not answered is sent again.
 */
export function openRedis(options: RedisConnectionOptions): Redis {
  const { redis } = open(options, {});
  failAtOnceWhileAway(redis);
  return redis;
}

/** A connection for one blocking read at a time; the caller bounds each block, to 2 s at most. Never share it. */
export function openBlockingRedis(options: RedisConnectionOptions): Redis {
  return open(options, { commandTimeout: 8_000, enableOfflineQueue: false }).redis;
}

/**
 * A connection as BullMQ's workers and Pub/Sub want it: commands wait for Redis to come back. Subscriptions are made
 * again with every new connection.
 */
export function openPatientRedis(options: RedisConnectionOptions): Redis {
  const { redis, way } = open(options, { maxRetriesPerRequest: null, commandTimeout: undefined });
  pauseAfterRefusals(redis);
  // BullMQ's workers block on copies, on which nothing is due for longer
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = (override) => {
    const copy = duplicate({
      ...override,
      socketTimeout: longestBlockMs + silenceMs / 2,
    });
    way?.follow(copy);
    pauseAfterRefusals(copy);
    keepAsking(copy, options);
    return copy;
  };
  return redis;
}

function open(
  options: RedisConnectionOptions,
  extra: Partial<ConnectionSettings>,
): { readonly redis: Redis; readonly way: Way | undefined } {
  const settings: ConnectionSettings = {
    connectionName: options.name,
    maxRetriesPerRequest: 1,
    commandTimeout: 5_000,
    socketTimeout: silenceMs,
    connectTimeout: silenceMs,
    keepAlive: 5_000,
    disconnectTimeout: 100,
    retryStrategy: reconnectMs,
    ...extra,
  };
  const way = wayTo(options.url, options.key);
  const all = { ...settings, ...way?.options } as RedisOptions & { replyMapping?: 'legacy' };
  const redis = way ? new Redis(all) : new Redis(options.url, all);
  way?.follow(redis);
  logOutages(redis, options);
  hearRefusals(redis);
  keepAsking(redis, options);
  return { redis, way };
}

/** BullMQ's workers try again at once whatever they are told: they are told later. */
function pauseAfterRefusals(redis: Redis): void {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) => {
    const { reject } = command;
    command.reject = (error: Error) => {
      if (lastingRefusal.test(error.message)) setTimeout(reject, refusalPauseMs, error);
      else reject(error);
    };
    return send(command, stream);
  };
}

/**
 * ioredis subscribes again by itself with each new connection and looks at no answer: a channel that the user lacks by then
 * would be a rejection that nobody handles, and end the process. Callers are told as before.
 */
function hearRefusals(redis: Redis): void {
  const subscribe = redis.subscribe.bind(redis) as (...channels: unknown[]) => Promise<unknown>;
  redis.subscribe = ((...channels: unknown[]) => {
    const answer = subscribe(...channels);
    answer.catch(() => {});
    return answer;
  }) as Redis['subscribe'];
}

/**
 * An answer is always due soon: what lets the time-out on the socket see a silence. It tells too whether this is still the
 * primary: a server that became a replica keeps its connections, and after a failover the name leads to another.
 */
function keepAsking(redis: Redis, { name, logger }: RedisConnectionOptions): void {
  let timer: NodeJS.Timeout | undefined;
  let replica = false;
  const look = async () => {
    // subscriber mode allows no other question
    if (redis.mode === 'subscriber') return void (await redis.ping());
    const isNow = await isReplica(redis);
    if (isNow && !replica) logger.warn({ connection: name }, 'redis.replica');
    if (!isNow && replica) logger.info({ connection: name }, 'redis.primary');
    replica = isNow;
    if (replica) redis.disconnect(true);
  };
  redis.on('ready', () => {
    timer = setInterval(() => void look().catch(() => {}), pingMs);
  });
  redis.on('close', () => clearInterval(timer));
}

/** Commands wait for the first attempt to reconnect, as for the first connection; after a failed one they do not. */
function failAtOnceWhileAway(redis: Redis): void {
  let attempts = Number.NEGATIVE_INFINITY; // counted once it was there
  redis.on('ready', () => {
    attempts = 0;
    redis.options.enableOfflineQueue = true;
  });
  redis.on('close', () => {
    attempts += 1;
    if (attempts > 1) redis.options.enableOfflineQueue = false;
  });
}

/** One line when it goes and one when it is back, not one per attempt. */
function logOutages(redis: Redis, { name, logger }: RedisConnectionOptions): void {
  let away = false;
  redis.on('error', (error) => {
    if (!away) logger.warn({ connection: name, error: error.message }, 'redis.away');
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info({ connection: name }, 'redis.back');
    away = false;
  });
}
