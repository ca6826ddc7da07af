/** A Redis that is short of memory gives back what PostgreSQL has too, and goes on without anybody's help. */
import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { newestPosition } from '../../src/outbox/head.ts';
import { readSink } from '../../src/outbox/sinks.ts';
import { readRedisMemory } from '../../src/platform/check-redis.ts';
import { startMemoryPressure } from '../../src/relay/memory-pressure.ts';
import { insert } from '../outbox/support.ts';
import { until } from '../support/until.ts';
import { enqueuedTo, loggedIds, register, work, write } from './queues.ts';
import { createRelayWorld, logged, logger, placesOf, type RelayWorld, topics } from './support.ts';

const megabyte = 1_048_576;

test('streams that fill Redis are shortened, and readers get every event in order all the same', async () => {
  await using world = await createRelayWorld();
  await limitMemory(world.redis, 4 * megabyte);
  await using _pressure = startPressure(world);
  await using _sink = world.startStreams();
  await using reader = await world.startReader();
  for (let n = 0; n < 12; n++) await writeLarge(world, n);
  await until(
    async () => (await readSink(world.pool, 'streams')).position === (await newestPosition(world.pool)),
    {
      message: 'everything is published',
    },
  );
  const all = placesOf(await logged(world.pool));
  await until(() => reader.events.length >= all.length);
  expect(placesOf(reader.events)).toEqual(all);
  await using late = await world.startReader();
  await until(() => late.events.length >= all.length);
  expect(placesOf(late.events), 'also from the start').toEqual(all);
});

test('jobs that fill Redis go back to the outbox, and a consumer that returns gets every event', async () => {
  await using world = await createRelayWorld();
  await register(world, 'absent');
  await register(world, 'lanes', { lanes: 2 });
  await limitMemory(world.redis, 3 * megabyte);
  await write(world, 1, 6_000);
  const unbounded = world.startQueues({ jobsPerConsumer: Number.POSITIVE_INFINITY });
  await until(async () => (await isFull(world.redis)) && (await enqueuedTo(world, 'absent')) < 6_000, {
    message: 'Redis is full of jobs',
  });
  await unbounded.stop();

  await using pressure = startPressure(world);
  await using _sink = world.startQueues({ pressure, jobsPerConsumer: 1_000 });
  await using returned = work(world, 'absent');
  await using inOrder = work(world, 'lanes~0', 'lanes~1');
  const all = await loggedIds(world);
  await until(() => new Set(returned.ids).size === all.length, { message: 'it has every event' });
  await until(() => new Set(inOrder.ids).size === all.length, { message: 'the ordered one too' });
  expect([...new Set(inOrder.ids)], 'in their order').toEqual(all); // one aggregate is one lane
});

const limitMemory = async (redis: Redis, more: number) => {
  const { usedBytes } = await readRedisMemory(redis);
  await redis.config('SET', 'maxmemory', usedBytes + more);
};

async function isFull(redis: Redis): Promise<boolean> {
  return redis.set('probe', '1').then(
    () => false,
    ({ message }: Error) => message.startsWith('OOM'),
  );
}

function startPressure({ pool, redis, logName }: RelayWorld) {
  const pressure = startMemoryPressure({ pool, redis, logName, topics, logger, lookMs: 20 });
  return Object.assign(pressure, { [Symbol.asyncDispose]: pressure.stop });
}

/** 250 events of a few KB each, of an aggregate of their own. */
const writeLarge = ({ pool }: RelayWorld, n: number) =>
  pool.query(insert(`${n} ${'x'.repeat(2_000)}`, ...Array.from({ length: 250 }, (_, at) => at + 1)));
