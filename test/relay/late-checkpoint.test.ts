/** The jobs of a batch are added, and before their checkpoint is saved something else happens. */
import { describe, expect, test } from 'vitest';
import { queuePrefix } from '../../src/log/keys.ts';
import { oneShard } from '../../src/log/queue-shards.ts';
import { deregisterConsumer } from '../../src/operations/deregister.ts';
import { createQueues } from '../../src/operations/queues.ts';
import { createJobs, type Jobs } from '../../src/relay/jobs.ts';
import { until } from '../support/until.ts';
import { allEnqueued, enqueuedTo, idsOf, loggedIds, register, write } from './queues.ts';
import { createRelayWorld, type RelayWorld } from './support.ts';

/** Starts a sink that stops for a while once it has added a batch to the consumer's queue. */
function startSleeper(world: RelayWorld, when: 'added' | 'counted') {
  const asleep = Promise.withResolvers<void>();
  const woken = Promise.withResolvers<void>();
  const sleep = async () => {
    asleep.resolve();
    await woken.promise;
  };
  const { redis } = world;
  const jobs = createJobs(redis, queuePrefix(world.logName));
  let added = false;
  const sleepy: Jobs = {
    ...jobs,
    async add(...batch) {
      const count = await jobs.add(...batch);
      added ||= count > 0;
      if (added && when === 'added') await sleep();
      return count;
    },
  };
  const counting = new Proxy(redis, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name !== 'eval') return typeof value === 'function' ? value.bind(target) : value;
      return async (...args: Parameters<typeof redis.eval>) => {
        const answer = await redis.eval(...args);
        if (added && when === 'counted') await sleep();
        return answer;
      };
    },
  });
  const sink = world.startQueues({ jobs: sleepy, shards: oneShard(counting, world.logName) });
  return { ...sink, asleep: asleep.promise, wakeUp: woken.resolve };
}

/** Everything but the queues' marker is refused. */
const forbidQueues = ({ redis }: RelayWorld) =>
  redis.acl('SETUSER', 'default', 'resetkeys', '~*:marker', '%R~*');
const allowQueues = ({ redis }: RelayWorld) => redis.acl('SETUSER', 'default', 'allkeys');

test.each([
  ['behind where the batch began', 5, 0],
  ['exactly where the batch began', 0, 0],
])(
  'a consumer that is deregistered and registered anew %s gets all of its events',
  async (_where, first, start) => {
    await using world = await createRelayWorld();
    const queues = createQueues(world.redis, queuePrefix(world.logName));
    await write(world, 1, 10);
    await register(world, 'all', { start: first });
    const sink = startSleeper(world, 'added');
    await using _stop = sink;
    await sink.asleep;
    await deregisterConsumer(world.pool, queues, 'all');
    await register(world, 'all', { start });
    sink.wakeUp();
    await allEnqueued(world, 'all');
    expect(await idsOf(world, 'all')).toEqual(await loggedIds(world));
    await queues.close();
  },
);

describe('a late leader that has counted a batch whose jobs Redis has lost since', () => {
  test('does not move a consumer that the new leader has moved back', async () => {
    await using world = await createRelayWorld();
    await register(world, 'all');
    await write(world, 1, 10);
    {
      await using _sink = world.startQueues();
      await allEnqueued(world, 'all');
    }
    const late = startSleeper(world, 'counted');
    await write(world, 11, 12);
    await late.asleep;
    await world.redis.flushall();
    await forbidQueues(world);
    await using _sink = world.startQueues();
    await until(async () => (await enqueuedTo(world, 'all')) === 0, { message: 'it is moved back' });
    late.wakeUp();
    await late.stop();
    expect(await enqueuedTo(world, 'all')).toBe(0);
    await allowQueues(world);
    await allEnqueued(world, 'all');
    expect(await idsOf(world, 'all')).toEqual(await loggedIds(world));
  });

  test('does not move a consumer that stands where its batch began', async () => {
    await using world = await createRelayWorld();
    await register(world, 'all');
    await write(world, 1, 3);
    const late = startSleeper(world, 'counted');
    await late.asleep;
    await world.redis.flushall();
    await forbidQueues(world);
    const healed = () => world.redis.exists(`${queuePrefix(world.logName)}:marker`);
    await using _sink = world.startQueues();
    await until(healed, { message: 'the new leader has healed what was enqueued: nothing' });
    late.wakeUp();
    await late.stop();
    expect(await enqueuedTo(world, 'all')).toBe(0);
    await allowQueues(world);
    await allEnqueued(world, 'all');
    expect(await idsOf(world, 'all')).toEqual(await loggedIds(world));
  });
});
