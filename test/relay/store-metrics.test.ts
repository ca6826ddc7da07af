import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { showStores } from '../../src/relay/store-metrics.ts';
import { insert } from '../outbox/support.ts';
import { until } from '../support/until.ts';
import { createRelayWorld, type RelayWorld } from './support.ts';

test('the lag of each sink is told in events and in seconds, and is nothing once they have caught up', async () => {
  await using world = await createRelayWorld();
  await world.pool.query(
    `INSERT INTO consumer (name, kind, types, topics, start_position, enqueued_position)
     VALUES ('near', 'QUEUE', '{test.*}', '{test}', 0, 2), ('far', 'QUEUE', '{test.*}', '{test}', 0, 0)`,
  );
  const value = show(world);
  expect(await value('aorta_relay_lag_events', { sink: 'streams' })).toBe(0);
  await world.pool.query(insert('a', 1, 2, 3));
  await world.pool.query("UPDATE outbox SET occurred_at = now() - interval '1 hour' WHERE position = 1");
  await world.pool.query("UPDATE sink SET position = 1 WHERE name = 'streams'");
  expect(await value('aorta_relay_lag_events', { sink: 'streams' })).toBe(2);
  expect(await value('aorta_relay_lag_events', { sink: 'queues' }), 'of the one furthest behind').toBe(3);
  expect(await value('aorta_relay_lag_seconds', { sink: 'queues' })).toBeGreaterThanOrEqual(3_600);
  expect(await value('aorta_relay_lag_seconds', { sink: 'streams' })).toBeLessThan(3_600);

  await using _streams = world.startStreams();
  await using _queues = world.startQueues();
  for (const sink of ['streams', 'queues']) {
    await until(async () => (await value('aorta_relay_lag_events', { sink })) === 0);
    expect(await value('aorta_relay_lag_seconds', { sink })).toBe(0);
  }
});

test('the memory of Redis is told, its bound and what it does there', async () => {
  await using world = await createRelayWorld();
  const value = show(world);
  await world.redis.config('SET', 'maxmemory', '50000000');
  expect(await value('aorta_redis_memory_max_bytes')).toBe(50_000_000);
  expect(await value('aorta_redis_memory_used_bytes')).toBeGreaterThan(100_000);
  expect(await value('aorta_redis_evicts', { policy: 'noeviction' })).toBe(0);
  await world.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  expect(await value('aorta_redis_evicts', { policy: 'allkeys-lru' })).toBe(1);
});

test('metrics are answered while Redis hangs: it is down, and what Postgres tells is there', async () => {
  await using world = await createRelayWorld();
  const value = show(world);
  expect(await value('aorta_store_up', { store: 'redis' })).toBe(1);
  world.server.pause();
  expect(await value('aorta_store_up', { store: 'redis' })).toBe(0);
  expect(await value('aorta_store_up', { store: 'postgres' })).toBe(1);
  expect(await value('aorta_redis_memory_used_bytes')).toBeUndefined();
  expect(await value('aorta_relay_lag_events', { sink: 'streams' })).toBe(0);
  world.server.resume();
  await until(async () => (await value('aorta_store_up', { store: 'redis' })) === 1);
});

/** Gives the value of a series as it is scraped; undefined when there is none. */
function show({ pool, redis, server }: RelayWorld) {
  const registry = new Registry();
  showStores(registry, { pool, redis, redisUrl: server.url });
  return async (name: string, labels: Readonly<Record<string, string>> = {}) => {
    const metric = (await registry.getMetricsAsJSON()).find((candidate) => candidate.name === name);
    return metric?.values.find((found) =>
      Object.entries(labels).every(([label, text]) => found.labels[label as never] === text),
    )?.value;
  };
}
