import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startTcpProxy } from '../../dev/tcp-proxy.ts';
import { queuePrefix } from '../../src/log/keys.ts';
import { oneShard } from '../../src/log/queue-shards.ts';
import { createJobs, type Jobs } from '../../src/relay/jobs.ts';
import { until } from '../support/until.ts';
import { allEnqueued, idsOf, loggedIds, register, write } from './queues.ts';
import { createRelayWorld } from './support.ts';

test('jobs that Redis took and lost with the connection are added again, though the rest of the batch came after', async () => {
  await using world = await createRelayWorld();
  const { redis, server, logName } = world;
  await using proxy = await startTcpProxy({ to: server.url });
  const connection = new Redis(proxy.through(server.url), {
    maxRetriesPerRequest: 5,
    retryStrategy: () => 20,
  });
  connection.on('error', () => {});
  const jobs = createJobs(connection, queuePrefix(logName));
  for (const consumer of ['first', 'second']) await register(world, consumer);
  await write(world, 1, 3);
  let losses = 0;
  const losing: Jobs = {
    ...jobs,
    async add(consumer, ...batch) {
      const added = await jobs.add(consumer, ...batch);
      if (consumer.name === 'first' && added > 0 && losses === 0) {
        losses += 1;
        // as when a replica takes over that did not get this any more
        const lost = await redis.keys(`${queuePrefix(logName)}:first:*`);
        await redis.del(...lost);
        const closed = new Promise((resolve) => connection.once('close', resolve));
        proxy.cut();
        await closed;
        proxy.heal();
      }
      return added;
    },
  };
  await using _sink = world.startQueues({ shards: oneShard(connection, logName), jobs: losing });
  await allEnqueued(world, 'first');
  await until(async () => (await idsOf(world, 'second')).length === 3);
  expect(losses).toBe(1);
  for (const consumer of ['first', 'second'])
    expect(await idsOf(world, consumer), consumer).toEqual(await loggedIds(world));
  connection.disconnect();
});
