/**
 * What is done when Redis runs short of memory: what PostgreSQL has too is taken out of Redis, the oldest events of the
 * streams first, then jobs of those who do not take them. A Redis that is full refuses whoever wants to take a job as
 * well, so that it would stay full for ever.
 */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { logKeys } from '../log/keys.ts';
import { halveTopic } from '../log/trim.ts';
import { readLogRow } from '../outbox/log-row.ts';
import { type RedisMemory, readRedisMemory } from '../platform/check-redis.ts';
import type { Logger } from '../platform/logger.ts';
import { type Loop, startLoop } from '../platform/loop.ts';

export interface MemoryPressureOptions {
  readonly pool: Pool;
  readonly redis: Redis;
  /** Connections to nodes of a Redis Cluster that hold jobs, where those are not on `redis` */
  readonly others?: () => readonly Redis[];
  readonly logName: string;
  readonly topics: readonly string[];
  readonly logger: Logger;
  /** Pause between looks, ms. Default 1000 */
  readonly lookMs?: number;
}

export interface MemoryPressure extends Loop {
  /** Little is left: nobody gets more jobs in advance than he needs. */
  readonly tight: boolean;
  /** Nearly nothing is left, and the streams have given what they can. */
  readonly full: boolean;
}

// parts of maxmemory
const tightFrom = 0.75;
const relievedBelow = 0.65;
const fullFrom = 0.9;

const keptEvents = 1_000; // of each topic: the newest are what most clients and processors ask for

/** Looks once a second. Without `maxmemory` there is no pressure to see. */
export function startMemoryPressure(options: MemoryPressureOptions): MemoryPressure {
  const { redis, others = () => [], logger, lookMs = 1_000 } = options;
  let tight = false;
  let full = false;
  const loop = startLoop({
    name: 'relay.memory',
    logger,
    async turn() {
      const own = await readRedisMemory(redis);
      const all = [own, ...(await readThoseThere(others()))];
      const fullest = all.reduce((most, each) => (usedPart(each) > usedPart(most) ? each : most));
      const { usedBytes, maxBytes } = fullest;
      const used = usedPart(fullest);
      const wasTight = tight;
      tight = used >= (tight ? relievedBelow : tightFrom);
      if (tight !== wasTight) {
        const what = tight ? 'relay.redis_tight' : 'relay.redis_relieved';
        (tight ? logger.warn.bind(logger) : logger.info.bind(logger))({ usedBytes, maxBytes }, what);
      }
      const taken = tight && usedPart(own) >= relievedBelow ? await shortenStreams(options) : 0;
      full = used >= fullFrom && taken === 0;
      return lookMs;
    },
  });
  return {
    ...loop,
    get tight() {
      return tight;
    },
    get full() {
      return full;
    },
  };
}

const usedPart = ({ usedBytes, maxBytes }: RedisMemory) => (maxBytes === 0 ? 0 : usedBytes / maxBytes);

/** A node that is away is no reason to do nothing about those that are there. */
async function readThoseThere(nodes: readonly Redis[]): Promise<readonly RedisMemory[]> {
  const answers = await Promise.allSettled(nodes.map(readRedisMemory));
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}

async function shortenStreams({ pool, redis, logName, topics }: MemoryPressureOptions): Promise<number> {
  const { epoch } = await readLogRow(pool);
  const keys = logKeys(logName, epoch);
  let taken = 0;
  for (const topic of topics) taken += await halveTopic(redis, keys, topic, keptEvents);
  return taken;
}
