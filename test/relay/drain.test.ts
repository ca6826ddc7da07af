import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { queuePrefix } from '../../src/log/keys.ts';
import { oneShard } from '../../src/log/queue-shards.ts';
import { openSession } from '../../src/outbox/session.ts';
import { enqueueNext } from '../../src/relay/enqueue.ts';
import { createJobRoom } from '../../src/relay/job-room.ts';
import { createJobs } from '../../src/relay/jobs.ts';
import { openMarkers } from '../../src/relay/markers.ts';
import { createRelayMetrics } from '../../src/relay/metrics.ts';
import { createReadAhead } from '../../src/relay/read-ahead.ts';
import { createRefusals } from '../../src/relay/refusals.ts';
import { until } from '../support/until.ts';
import { allEnqueued, enqueuedTo, idsOf, loggedIds, register, write } from './queues.ts';
import { createRelayWorld, logger, type RelayWorld } from './support.ts';

const drain = ({ pool }: RelayWorld, position: number | null) =>
  pool.query("UPDATE consumer SET drain_position = $1 WHERE name = 'draining'", [position]);

test.each([
  ['takes all at once', 50],
  ['reads ahead of itself', 3],
])(
  'a consumer that drains gets what it takes, and all others everything; the sink %s',
  async (_how, batchSize) => {
    await using world = await createRelayWorld();
    for (const consumer of ['draining', 'one', 'other']) await register(world, consumer);
    await write(world, 1, 10);
    await drain(world, 7);
    await using _sink = world.startQueues({ batchSize });
    await allEnqueued(world, 'one');
    await until(async () => (await enqueuedTo(world, 'draining')) === 7, { message: 'it is at its end' });
    await write(world, 11, 20);
    for (const consumer of ['one', 'other']) await allEnqueued(world, consumer);
    const ids = await loggedIds(world);
    expect(await idsOf(world, 'draining')).toEqual(ids.slice(0, 7));
    expect(await enqueuedTo(world, 'draining')).toBe(7);
    for (const consumer of ['one', 'other']) expect(await idsOf(world, consumer)).toEqual(ids);

    await drain(world, null);
    await allEnqueued(world, 'draining');
    expect(await idsOf(world, 'draining'), 'the rest when it drains no longer').toEqual(ids);
  },
);

test('one that drains only while events flow ends where it is told, though what follows was read ahead', async () => {
  await using world = await createRelayWorld();
  await register(world, 'draining');
  await using _sink = world.startQueues({ batchSize: 5 });
  await write(world, 1, 500);
  await until(async () => (await enqueuedTo(world, 'draining')) > 20);
  const { rows } = await world.pool.query(
    'UPDATE consumer SET drain_position = enqueued_position + 12 RETURNING drain_position AS at',
  );
  const end = rows[0].at;
  await until(async () => (await enqueuedTo(world, 'draining')) === end, { message: 'it is at its end' });
  await register(world, 'other');
  await allEnqueued(world, 'other');
  expect(await idsOf(world, 'draining')).toEqual((await loggedIds(world)).slice(0, end));
});

test('a sink has nothing to do for a consumer that is at its end', async () => {
  await using world = await createRelayWorld();
  const { pool, redis, logName } = world;
  await register(world, 'draining');
  await write(world, 1, 10);
  await drain(world, 4);
  const session = await openSession(pool);
  const shards = oneShard(redis, logName);
  const markers = openMarkers(session.client, logName);
  const marker = await markers.of(shards.of('draining'));
  await marker.heal(async () => {});
  const metrics = createRelayMetrics(new Registry());
  const jobs = createJobs(redis, queuePrefix(logName));
  const refusals = createRefusals(logger, metrics);
  const room = createJobRoom({ jobs, refusals, logger, metrics, most: () => 100 });
  const options = { pool, shards, jobs, logger, metrics, refusals, room, batchSize: 10 };
  const place = { session, markers, ahead: createReadAhead<never>() };
  expect(await enqueueNext(options, place)).toBe(false);
  expect(await enqueuedTo(world, 'draining')).toBe(4);
  const counted = await redis.get(`${queuePrefix(logName)}:marker`);
  expect(await enqueueNext(options, place)).toBe(false);
  expect(await redis.get(`${queuePrefix(logName)}:marker`), 'no batch is counted').toBe(counted);
  session.end();
  await jobs.close();
});
