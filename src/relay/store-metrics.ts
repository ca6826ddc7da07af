/** What a relay shows of its stores, asked at each scrape: how far the sinks are behind, and how full Redis is. */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { Gauge, type Registry } from 'prom-client';
import { readSinkLags } from '../outbox/sink-lag.ts';
import { readRedisMemory } from '../platform/check-redis.ts';
import { askPrimaries } from '../platform/redis-servers/primaries.ts';
import { within } from '../platform/within.ts';

export interface StoreMetricsOptions {
  readonly pool: Pool;
  readonly redis: Redis;
  /** With a Cluster every master is shown */
  readonly redisUrl: string;
}

const patienceMs = 1_000; // a store that does not answer has no series, and must not keep the others from being scraped

/** Call it once for a registry. A standby shows the same as the leader: all of it is read from the stores. */
export function showStores(registry: Registry, { pool, redis, redisUrl }: StoreMetricsOptions): void {
  const registers = [registry];
  const lags = shared(() => readSinkLags(pool));
  const memory = shared(() => askPrimaries(redisUrl, redis, readRedisMemory));

  new Gauge({
    name: 'aorta_relay_lag_events',
    help: 'Positions of the outbox that a sink has not published as far as is saved; rolled back ones count too',
    labelNames: ['sink'],
    registers,
    async collect() {
      this.reset();
      for (const { sink, events } of (await lags()) ?? []) this.set({ sink }, events);
    },
  });
  new Gauge({
    name: 'aorta_relay_lag_seconds',
    help: 'Age of the oldest committed event that a sink has not published; 0 when there is none',
    labelNames: ['sink'],
    registers,
    async collect() {
      this.reset();
      for (const { sink, seconds } of (await lags()) ?? []) this.set({ sink }, seconds);
    },
  });
  new Gauge({
    name: 'aorta_store_up',
    help: '1 when the store answered this scrape in time, else 0',
    labelNames: ['store'],
    registers,
    async collect() {
      this.set({ store: 'postgres' }, (await lags()) ? 1 : 0);
      this.set({ store: 'redis' }, (await memory()) ? 1 : 0);
    },
  });
  new Gauge({
    name: 'aorta_redis_memory_used_bytes',
    help: 'Memory that Redis uses; of a Cluster, each of its masters',
    labelNames: ['node'],
    registers,
    async collect() {
      this.reset();
      for (const { node, answer } of (await memory()) ?? []) this.set(labelOf(node), answer.usedBytes);
    },
  });
  new Gauge({
    name: 'aorta_redis_memory_max_bytes',
    help: 'maxmemory of Redis, above which it refuses to write; 0 is no limit',
    labelNames: ['node'],
    registers,
    async collect() {
      this.reset();
      for (const { node, answer } of (await memory()) ?? []) this.set(labelOf(node), answer.maxBytes);
    },
  });
  new Gauge({
    name: 'aorta_redis_evicts',
    help: '1 when maxmemory-policy is not noeviction: Redis drops events in silence when memory is short',
    labelNames: ['policy', 'node'],
    registers,
    async collect() {
      this.reset();
      for (const { node, answer } of (await memory()) ?? []) {
        const { policy } = answer;
        if (policy) this.set({ policy, ...labelOf(node) }, policy === 'noeviction' ? 0 : 1);
      }
    },
  });
}

const labelOf = (node: string | undefined) => (node === undefined ? {} : { node });

/** One question at a time, whose answer all who ask meanwhile get; undefined when there is none in time. */
function shared<Value>(ask: () => Promise<Value>): () => Promise<Value | undefined> {
  let open: Promise<Value | undefined> | undefined;
  return () => {
    open ??= ask()
      .catch(() => undefined)
      .finally(() => {
        open = undefined;
      });
    return within(open, patienceMs, undefined);
  };
}
