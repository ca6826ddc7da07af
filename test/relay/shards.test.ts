/** On a Redis Cluster each consumer's queues are a shard: what one loses, or is away, is no affair of the others. */
import { expect, test } from 'vitest';
import type { RedisServer } from '../../dev/redis.ts';
import { startRedisCluster } from '../../dev/redis-cluster.ts';
import { queuePrefix } from '../../src/log/keys.ts';
import { createQueueShards } from '../../src/log/queue-shards.ts';
import { openRedis } from '../../src/platform/redis.ts';
import { createShardedJobs } from '../../src/relay/jobs.ts';
import { until } from '../support/until.ts';
import { allEnqueued, enqueuedTo, loggedIds, register, write } from './queues.ts';
import { createRelayWorld, logger } from './support.ts';

test('consumers whose nodes are there go on, and one whose node comes back empty gets its jobs again', async () => {
  await using setup = new AsyncDisposableStack();
  const cluster = setup.use(await startRedisCluster({ settings: ['cluster-require-full-coverage no'] }));
  const world = setup.use(await createRelayWorld());
  const { logName, pool } = world;
  const opened = setup.use(new DisposableStack());
  const shards = createQueueShards(logName, true, (key) => {
    const redis = openRedis({ url: cluster.url, name: 'test', logger, key });
    opened.defer(() => redis.disconnect());
    return redis;
  });
  const first = 'a'; // as the sink goes through them: what comes behind it must not wait for it
  const masters = new Map<string, RedisServer>();
  const place = async (name: string) => masters.set(name, await cluster.masterOf(queuePrefix(logName, name)));
  const [lost] = [...(await place(first)).values()];
  // until each node has a consumer, and the one that will be lost has one with lanes too
  for (let n = 0; new Set(masters.values()).size < 3 || masters.get(`lanes-${n - 1}`) !== lost; n += 1)
    await place(`lanes-${n}`);
  const consumers = [...masters.keys()];
  const lanesOf = (name: string) => (name === first ? 0 : 3);
  for (const name of consumers) await register(world, name, { lanes: lanesOf(name) });
  const idsOf = async (name: string) => {
    const { redis, prefix } = shards.of(name);
    const keys = [name, `${name}~0`, `${name}~1`, `${name}~2`].map((queue) => `${prefix}:${queue}:wait`);
    const lists = await Promise.all(keys.map((key) => redis.lrange(key, 0, -1)));
    return lists.flatMap((list) => list.reverse());
  };

  await using sink = world.startQueues({ shards, jobs: createShardedJobs(shards), assertMs: 200 });
  expect(sink).toBeDefined();
  await write(world, 1, 10);
  for (const name of consumers) await allEnqueued(world, name);
  await lost!.kill();
  await write(world, 11, 20);
  for (const name of consumers) {
    if (masters.get(name) === lost) expect(await enqueuedTo(world, name)).toBe(10);
    else await allEnqueued(world, name);
  }
  await lost!.start();
  for (const name of consumers) {
    await allEnqueued(world, name);
    await until(async () => (await idsOf(name)).length >= 20, { message: `${name} has all of its jobs` });
    // what is added again comes behind what was added meanwhile, but not in lanes
    const sorted = (ids: readonly (string | undefined)[]) => (lanesOf(name) > 0 ? ids : [...ids].sort());
    expect(sorted(await idsOf(name)), name).toEqual(sorted(await loggedIds(world)));
  }
  const { rows } = await pool.query('SELECT count(DISTINCT queue_marker) AS markers FROM consumer');
  expect(rows[0].markers).toBe(consumers.length);
});
