/** One consumer's queue is refused by Redis; everything else must not notice. */
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { queuePrefix } from '../../src/log/keys.ts';
import { loopStates } from '../../src/platform/loop-states.ts';
import { createRelayMetrics } from '../../src/relay/metrics.ts';
import { insert } from '../outbox/support.ts';
import { until } from '../support/until.ts';
import { allEnqueued, die, enqueuedTo, idsOf, loggedIds, register, write } from './queues.ts';
import { createRelayWorld, type RelayWorld } from './support.ts';

const waitKey = ({ logName }: RelayWorld, consumer: string) => `${queuePrefix(logName)}:${consumer}:wait`;

/** The list of waiting jobs gives way to a key of another type, which Redis refuses in the middle of BullMQ's script. */
async function breakQueue(world: RelayWorld): Promise<void> {
  const key = waitKey(world, 'refused');
  if (await world.redis.exists(key)) await world.redis.rename(key, 'aside');
  await world.redis.set(key, 'no list');
}

async function repairQueue(world: RelayWorld): Promise<void> {
  const key = waitKey(world, 'refused');
  if (await world.redis.exists('aside')) await world.redis.rename('aside', key);
  else await world.redis.del(key);
}

/** Redis lets nobody write to the queue. */
const forbidQueue = ({ redis }: RelayWorld) =>
  redis.acl('SETUSER', 'default', 'resetkeys', '~*:taken*', '~*:marker', '%R~*');
const allowQueue = ({ redis }: RelayWorld) => redis.acl('SETUSER', 'default', 'allkeys');

/** What the sink tells its operators. */
function createListener() {
  const lines: { msg: string; consumer?: string }[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const metrics = createRelayMetrics(new Registry());
  return {
    options: { logger: pino({ level: 'info' }, sink), metrics },
    told: (message: string) => lines.filter(({ msg }) => msg === message).map(({ consumer }) => consumer),
    failures: async () => (await metrics.queueFailures.get()).values,
  };
}

describe.each([
  ['because a key of its is of the wrong type', breakQueue, repairQueue],
  ['by its access rules', forbidQueue, allowQueue],
])('a queue that Redis refuses %s', (_why, refuse, accept) => {
  test('holds up no other, stays behind, and gets everything once when it is taken again', async () => {
    await using world = await createRelayWorld();
    await register(world, 'refused');
    await register(world, 'taken');
    await register(world, 'taken too');
    const { options, told, failures } = createListener();
    await using _sink = world.startQueues({ ...options, batchSize: 70 });
    await write(world, 1, 3);
    for (const consumer of ['refused', 'taken', 'taken too']) await allEnqueued(world, consumer);

    await refuse(world);
    await write(world, 4, 200);
    await allEnqueued(world, 'taken');
    await allEnqueued(world, 'taken too');
    await until(async () => (await failures())[0]!.value >= 3, { message: 'it is tried again' });
    expect(await enqueuedTo(world, 'refused')).toBe(3);
    expect(told('relay.queue_refused'), 'once, with its name').toEqual(['refused']);
    expect(await failures()).toMatchObject([{ labels: { consumer: 'refused' } }]);

    await accept(world);
    await allEnqueued(world, 'refused');
    const ids = await loggedIds(world);
    for (const consumer of ['refused', 'taken', 'taken too'])
      expect(await idsOf(world, consumer), consumer).toEqual(ids);
    await until(() => told('relay.queue_accepted').length === 1);
  });

  test('gets everything once from another relay than the one that was refused', async () => {
    await using world = await createRelayWorld();
    await register(world, 'refused');
    const { options, told } = createListener();
    await refuse(world);
    await write(world, 1, 20);
    {
      await using _sink = world.startQueues(options);
      await until(() => told('relay.queue_refused').length === 1);
    }
    await accept(world);
    await using _sink = world.startQueues();
    await allEnqueued(world, 'refused');
    expect(await idsOf(world, 'refused')).toEqual(await loggedIds(world));
  });
});

test('when Redis lost all jobs and refuses one queue, the others are healed, and it is when it is taken again', async () => {
  await using world = await createRelayWorld();
  await register(world, 'refused');
  await register(world, 'taken');
  const { options, told } = createListener();
  await using _sink = world.startQueues({ ...options, batchSize: 7 });
  await write(world, 1, 30);
  await allEnqueued(world, 'refused');
  await allEnqueued(world, 'taken');
  await forbidQueue(world);
  await world.redis.flushall();
  const ids = await loggedIds(world);
  await until(async () => (await idsOf(world, 'taken')).length === 30, { message: 'the other is healed' });
  await world.pool.query(insert('b', 1));
  await allEnqueued(world, 'taken');
  expect(told('relay.queue_refused')).toEqual(['refused']);
  await allowQueue(world);
  await allEnqueued(world, 'refused');
  expect(await idsOf(world, 'refused')).toEqual(await loggedIds(world));
  expect(await idsOf(world, 'taken')).toEqual([...ids, ...(await loggedIds(world, 30))]);
});

test('a redrive to a queue that is refused waits for it, and holds up no other', async () => {
  await using world = await createRelayWorld();
  await register(world, 'refused');
  await register(world, 'taken');
  await write(world, 1, 2);
  const { options, told } = createListener();
  await using _sink = world.startQueues(options);
  await allEnqueued(world, 'refused');
  await allEnqueued(world, 'taken');
  await die(world, 'refused', 1);
  await die(world, 'taken', 2);
  await breakQueue(world);
  await world.pool.query('UPDATE dead_letter SET redrive_requested_at = now(), redrives = 1');
  const [first, second] = await loggedIds(world);
  await until(async () => (await idsOf(world, 'taken')).includes(`${second}-r1`), {
    message: 'the other is redriven',
  });
  expect(told('relay.queue_refused')).toEqual(['refused']);
  await repairQueue(world);
  await until(async () => (await idsOf(world, 'refused')).includes(`${first}-r1`), {
    message: 'it is redriven when its queue is taken again',
  });
});

test('a refused consumer that is deregistered is told of no longer', async () => {
  await using world = await createRelayWorld();
  await register(world, 'refused');
  await breakQueue(world);
  await using _sink = world.startQueues();
  await write(world, 1, 3);
  const told = () => loopStates().some(({ name }) => name === 'relay.queue.refused');
  await until(told, { message: 'it is told' });
  await world.pool.query("DELETE FROM consumer WHERE name = 'refused'");
  await until(() => !told(), { message: 'it is forgotten' });
});
