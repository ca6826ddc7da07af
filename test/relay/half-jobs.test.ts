/** Redis refuses a command in the middle of BullMQ's script: the job is there and in no list. */
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { startTcpProxy } from '../../dev/tcp-proxy.ts';
import { queuePrefix } from '../../src/log/keys.ts';
import { createJobs } from '../../src/relay/jobs.ts';
import { createRelayMetrics } from '../../src/relay/metrics.ts';
import { until } from '../support/until.ts';
import { allEnqueued, idsOf, jobsOf, loggedIds, openQueue, register, write } from './queues.ts';
import { createRelayWorld, type RelayWorld } from './support.ts';

const keyOf = ({ logName }: RelayWorld, name: string) => `${queuePrefix(logName)}:all:${name}`;

/** Takes a job out of its list, as if Redis had refused to put it there. */
const halve = (world: RelayWorld, id: string) => world.redis.lrem(keyOf(world, 'wait'), 1, id);

const all = { name: 'all', lanes: 0, orderedBy: null };

const rows = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => ({
    position: from + n,
    id: `00000000-0000-4000-8000-${String(from + n).padStart(12, '0')}`,
    topic: 'test',
    type: 'test.happened',
    envelope: '{}',
  }));

describe('halves that a relay leaves when it dies', () => {
  test.each([
    ['takes smaller batches', 10, async () => {}],
    [
      'heals the queues',
      60,
      ({ pool }: RelayWorld) => pool.query("UPDATE sink SET marker = 'other:1' WHERE name = 'queues'"),
    ],
  ])('are made whole by the next one, which %s', async (_how, batchSize, prepare) => {
    await using world = await createRelayWorld();
    const { redis } = world;
    await register(world, 'all');
    const metrics = createRelayMetrics(new Registry());
    {
      await using _sink = world.startQueues({ metrics, batchSize: 60 });
      await write(world, 1, 3);
      await allEnqueued(world, 'all');
      await redis.rename(keyOf(world, 'wait'), 'aside');
      await redis.set(keyOf(world, 'wait'), 'no list');
      await write(world, 4, 60);
      await until(async () => (await metrics.queueFailures.get()).values[0]?.value, {
        message: 'the queue is refused',
      });
    }
    await redis.rename('aside', keyOf(world, 'wait'));
    const ids = await loggedIds(world);
    expect(await redis.exists(keyOf(world, ids[3]!)), 'a half is left').toBe(1);
    expect(await idsOf(world, 'all')).toHaveLength(3);
    await prepare(world);
    await using _sink = world.startQueues({ batchSize });
    await allEnqueued(world, 'all');
    expect(await idsOf(world, 'all')).toEqual(ids);
  });
});

test('adding again makes halves whole wherever they are, and leaves every other job as it is', async () => {
  await using world = await createRelayWorld();
  const jobs = createJobs(world.redis, queuePrefix(world.logName));
  const queue = openQueue(world, 'all');
  const many = rows(1, 1_000);
  await jobs.add(all, many);
  // as a worker does: one is being handled, one is to be tried again later
  await world.redis.lmove(keyOf(world, 'wait'), keyOf(world, 'active'), 'RIGHT', 'LEFT');
  await world.redis.rpop(keyOf(world, 'wait'));
  await world.redis.zadd(keyOf(world, 'delayed'), Date.now() * 0x1000 + 3_600_000 * 0x1000, many[1]!.id);
  const halves = [3, 4, 500, 777, 1_000].map((position) => many[position - 1]!);
  for (const { id } of halves) await halve(world, id);
  const kept = (await jobsOf(world, 'all')).map(({ id }) => id);
  expect(kept).toHaveLength(993);

  await jobs.add(all, many);
  expect(await idsOf(world, 'all')).toEqual(many.slice(2).map(({ id }) => id));
  expect(await queue.getJobCounts('wait', 'active', 'delayed')).toEqual({ wait: 998, active: 1, delayed: 1 });
  await jobs.close();
  await queue.close();
});

test('the half of a redriven job is made whole', async () => {
  await using world = await createRelayWorld();
  const jobs = createJobs(world.redis, queuePrefix(world.logName));
  const [row] = rows(1, 1);
  const id = `${row!.id}-r1`;
  await jobs.addAgain(all, row!, id);
  await halve(world, id);
  expect(await idsOf(world, 'all')).toEqual([]);
  await jobs.addAgain(all, row!, id);
  expect(await idsOf(world, 'all')).toEqual([id]);
  await jobs.close();
});

test('a half whose answer was lost with the connection is made whole', async () => {
  await using world = await createRelayWorld();
  const { redis, server } = world;
  await using proxy = await startTcpProxy({ to: server.url });
  const connection = new Redis(proxy.through(server.url), {
    maxRetriesPerRequest: 1,
    retryStrategy: () => 20,
  });
  connection.on('error', () => {});
  const jobs = createJobs(connection, queuePrefix(world.logName));
  const [first, second] = rows(1, 2);
  await jobs.add(all, [first!]); // loads BullMQ's script
  await redis.rename(keyOf(world, 'wait'), 'aside');
  await redis.set(keyOf(world, 'wait'), 'no list');

  // this one is answered before the connection is lost
  Object.assign(connection, { exists: redis.exists.bind(redis) });
  proxy.slow(300);
  const adding = jobs.add(all, [second!]);
  await until(() => redis.exists(keyOf(world, second!.id)), { message: 'the half is there' });
  await redis.rename('aside', keyOf(world, 'wait'));
  proxy.cut();
  proxy.heal();
  await adding;
  expect(await idsOf(world, 'all')).toEqual([first!.id, second!.id]);
  await jobs.close();
  connection.disconnect();
});
