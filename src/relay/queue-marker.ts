/**
 * A random value beside the queues in Redis and in Postgres. While both agree, Redis has not lost its memory since the
 * value was set, so every job that was added is there, running, or done.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { queueMarkerKey } from '../log/keys.ts';
import { readSink } from '../outbox/sinks.ts';

export interface QueueMarker {
  stands(): Promise<boolean>;
  /** Runs `enqueueMissing` and sets a new marker, unless Redis lost its memory again meanwhile. */
  heal(enqueueMissing: () => Promise<void>): Promise<void>;
}

export interface QueueMarkerOptions {
  readonly pool: Pool;
  readonly redis: Redis;
  readonly logName: string;
}

const replaceScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`;

export function createQueueMarker({ pool, redis, logName }: QueueMarkerOptions): QueueMarker {
  const key = queueMarkerKey(logName);
  let expected: string | null | undefined;
  return {
    async stands() {
      expected ??= (await readSink(pool, 'queues')).marker;
      return expected !== null && (await redis.get(key)) === expected;
    },
    async heal(enqueueMissing) {
      // gone with Redis's memory, like the jobs that are added under it
      const healing = `healing:${randomUUID()}`;
      const next = randomUUID();
      await redis.set(key, healing);
      await enqueueMissing();
      await pool.query("UPDATE sink SET marker = $1 WHERE name = 'queues'", [next]);
      await redis.eval(replaceScript, 1, key, healing, next);
      expected = next;
    },
  };
}
