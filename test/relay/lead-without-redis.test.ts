import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { oneShard } from '../../src/log/queue-shards.ts';
import { openPatientRedis, openRedis } from '../../src/platform/redis.ts';
import { createRelayMetrics } from '../../src/relay/metrics.ts';
import { startRelay } from '../../src/relay/relay.ts';
import { until } from '../support/until.ts';
import { createRelayWorld, logger, topics } from './support.ts';

test('a relay that takes the lead while Redis is away says so, and stops when it is told to', async () => {
  await using world = await createRelayWorld();
  const connections = [openRedis, openRedis, openPatientRedis].map((open) =>
    open({ url: world.server.url, name: 'test', logger }),
  );
  const [redis, queueRedis, nudges] = connections as [(typeof connections)[0], ...typeof connections];
  await Promise.all(connections.map((connection) => connection.ping()));
  await world.server[Symbol.asyncDispose]();
  const metrics = createRelayMetrics(new Registry());
  const relay = startRelay({
    ...{ databaseUrl: world.url, application: 'relay', pool: world.pool, logName: world.logName },
    ...{ redis, shards: oneShard(queueRedis!, 'without-redis'), nudges: nudges!, topics, logger, metrics },
    ...{ pollMs: 50, batchSize: 10, queueBatchSize: 10, streamMaxLength: 1_000 },
  });
  await until(async () => (await metrics.leading.get()).values[0]?.value === 1, { message: 'it leads' });
  await relay.stop();
  expect(relay.leading).toBe(false);
  for (const connection of connections) connection.disconnect();
});
