/** Redis holds so many jobs of a consumer; the rest waits in the outbox, and comes when there is room. */
import { describe, expect, test } from 'vitest';
import { queueNames } from '../../src/log/queue-names.ts';
import { until } from '../support/until.ts';
import {
  allEnqueued,
  enqueuedTo,
  idsOf,
  loggedIds,
  loseQueues,
  openQueue,
  register,
  waitingIn,
  work,
  write,
} from './queues.ts';
import { createRelayWorld } from './support.ts';

const most = 100;
const batchSize = 50;

describe('a consumer that nobody runs', () => {
  test('has a bounded number of jobs, while one that is run gets everything', async () => {
    await using world = await createRelayWorld();
    await register(world, 'absent');
    await register(world, 'busy');
    await using busy = work(world, 'busy');
    await using _sink = world.startQueues({ batchSize, jobsPerConsumer: most });
    await write(world, 1, 1_000);
    await until(() => busy.ids.length === 1_000, { message: 'the busy one has everything' });
    expect((await idsOf(world, 'absent')).length).toBeLessThanOrEqual(most + batchSize);
    expect(await enqueuedTo(world, 'absent')).toBeLessThanOrEqual(most + batchSize);
    await write(world, 1_001, 1_100);
    await until(() => busy.ids.length === 1_100, { message: 'it goes on to get everything' });
    expect((await idsOf(world, 'absent')).length).toBeLessThanOrEqual(most + batchSize);
  });

  test('gets every event once when it returns, in the order of the log', async () => {
    await using world = await createRelayWorld();
    await register(world, 'absent');
    await using _sink = world.startQueues({ batchSize, jobsPerConsumer: most });
    await write(world, 1, 1_000);
    await until(async () => (await enqueuedTo(world, 'absent')) >= most);
    await using returned = work(world, 'absent');
    await until(() => returned.ids.length >= 1_000, { message: 'it has everything' });
    expect(returned.ids).toEqual(await loggedIds(world));
    await allEnqueued(world, 'absent');
  });

  test('that keeps events in order has so many in its lanes together, and gets the rest in its order', async () => {
    await using world = await createRelayWorld();
    await register(world, 'lanes', { lanes: 4 });
    await using _sink = world.startQueues({ batchSize, jobsPerConsumer: most });
    await write(world, 1, 1_000);
    await until(async () => (await enqueuedTo(world, 'lanes')) >= most);
    const waiting = await Promise.all(
      queueNames({ name: 'lanes', lanes: 4 }).map((lane) => waitingIn(world, lane)),
    );
    expect(waiting.flat().length).toBeLessThanOrEqual(most + batchSize);
    await using returned = work(world, ...queueNames({ name: 'lanes', lanes: 4 }));
    await until(() => returned.ids.length >= 1_000, { message: 'it has everything' });
    expect(returned.ids).toEqual(await loggedIds(world)); // one aggregate is one lane
  });

  test('is filled up to its bound again after Redis lost its jobs, and no further', async () => {
    await using world = await createRelayWorld();
    await register(world, 'absent');
    await using _sink = world.startQueues({ batchSize, jobsPerConsumer: most });
    await write(world, 1, 1_000);
    await until(async () => (await enqueuedTo(world, 'absent')) >= most);
    const before = await idsOf(world, 'absent');
    await loseQueues(world);
    await until(async () => (await idsOf(world, 'absent')).length >= most, { message: 'it is healed' });
    expect((await idsOf(world, 'absent')).slice(0, before.length)).toEqual(before);
    expect((await idsOf(world, 'absent')).length).toBeLessThanOrEqual(most + batchSize);
    await using returned = work(world, 'absent');
    await until(() => new Set(returned.ids).size === 1_000, { message: 'it has everything' });
  });

  test('and is paused is bounded too, and gets everything once it goes on', async () => {
    await using world = await createRelayWorld();
    await register(world, 'paused');
    await world.pool.query("UPDATE consumer SET paused = true WHERE name = 'paused'");
    await using _sink = world.startQueues({ batchSize, jobsPerConsumer: most, assertMs: 10 });
    await write(world, 1, 1_000);
    await until(async () => (await enqueuedTo(world, 'paused')) >= most);
    await using running = work(world, 'paused');
    const queue = openQueue(world, 'paused');
    expect(await queue.isPaused()).toBe(true);
    expect(running.ids).toEqual([]);
    expect(await queue.getJobCountByTypes('waiting')).toBeLessThanOrEqual(most + batchSize);
    await world.pool.query("UPDATE consumer SET paused = false WHERE name = 'paused'");
    await queue.resume();
    await until(() => running.ids.length >= 1_000, { message: 'it has everything' });
    expect(running.ids).toEqual(await loggedIds(world));
    await queue.close();
  });
});
