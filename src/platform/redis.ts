import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from './logger.ts';

export type { Redis };

export interface RedisConnectionOptions {
  readonly url: string;
  /** Shown in CLIENT LIST */
  readonly name: string;
  readonly logger: Logger;
}

/** The settings that are ours to choose; undefined turns a bound off. */
interface ConnectionSettings {
  readonly connectionName: string;
  readonly maxRetriesPerRequest: number | null;
  readonly commandTimeout: number | undefined;
  readonly connectTimeout: number;
  readonly keepAlive: number;
  readonly disconnectTimeout: number;
  readonly enableOfflineQueue?: boolean;
  readonly retryStrategy: (attempt: number) => number;
}

const reconnectMs = (attempt: number) => Math.min(50 * attempt, 1_000);

/**
 * A connection for commands: each one fails within seconds when Redis is away, so that its caller can back off and
 * tell. It reconnects by itself for ever.
 */
export function openRedis(options: RedisConnectionOptions, extra: Partial<ConnectionSettings> = {}): Redis {
  const settings: ConnectionSettings = {
    connectionName: options.name,
    maxRetriesPerRequest: 1,
    commandTimeout: 5_000,
    connectTimeout: 5_000,
    keepAlive: 5_000,
    disconnectTimeout: 100,
    retryStrategy: reconnectMs,
    ...extra,
  };
  const redis = new Redis(options.url, settings as RedisOptions & { replyMapping?: 'legacy' });
  logOutages(redis, options);
  return redis;
}

/** A connection for one blocking read at a time; the caller bounds each block. Never share it. */
export function openBlockingRedis(options: RedisConnectionOptions): Redis {
  return openRedis(options, { commandTimeout: 15_000, enableOfflineQueue: false });
}

/** A connection as BullMQ's workers and Pub/Sub want it: commands wait for Redis to come back. */
export function openPatientRedis(options: RedisConnectionOptions): Redis {
  return openRedis(options, { maxRetriesPerRequest: null, commandTimeout: undefined });
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
