/** Stories that random search finds too rarely: one store goes back while the other stands. */
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { openLogReader, RetentionPassedError } from '../../src/log/reader.ts';
import { createRelayMetrics } from '../../src/relay/metrics.ts';
import type { StreamPublisher } from '../../src/relay/stream-publisher.ts';
import { createStreamPublisher } from '../../src/relay/stream-publisher.ts';
import { connect, insert } from '../outbox/support.ts';
import { until } from '../support/until.ts';
import {
  createRelayWorld,
  logged,
  logger,
  placesOf,
  type RelayWorld,
  restoreBackup,
  topics,
} from './support.ts';

const pollMs = 1_000;

function publisherOf({ pool, redis, logName }: RelayWorld) {
  const metrics = createRelayMetrics(new Registry());
  const options = {
    pool,
    redis,
    logName,
    topics,
    logger,
    metrics,
    pollMs,
    batchSize: 50,
    streamMaxLength: 100,
  };
  const publisher = createStreamPublisher(options);
  return Object.assign(publisher, { [Symbol.dispose]: () => publisher.leave() });
}

const untilIdle = (publisher: StreamPublisher) => until(async () => (await publisher.turn()) === pollMs);

test('a position that was passed as a gap, and is filled after Postgres went back, is not passed over', async () => {
  await using world = await createRelayWorld();
  using former = publisherOf(world);
  await world.pool.query(insert('a', 1));
  await using writer = await connect(world.url);
  await writer.query('BEGIN');
  await writer.query(insert('rolled back', 1, 2));
  await writer.query('ROLLBACK');
  await untilIdle(former); // published to 3
  former.leave();
  await restoreBackup(world.pool, 1);
  await writer.query('BEGIN');
  await writer.query(insert('late', 1, 2)); // at 2 and 3
  await world.pool.query(insert('a', 2, 3)); // at 4 and 5
  using publisher = publisherOf(world);
  await publisher.turn();
  await writer.query('COMMIT');
  await untilIdle(publisher);
  const reader = await openLogReader(world);
  const page = await reader.read({ filter: { topics }, after: 0, limit: 100 });
  expect(placesOf(page.events)).toEqual(placesOf(await logged(world.pool)));
});

test('a log in Redis that went back to before what retention dropped does not claim to be complete', async () => {
  await using world = await createRelayWorld();
  using first = publisherOf(world);
  await first.turn();
  const keys = await world.redis.keys('*');
  const copies = await Promise.all(keys.map((key) => world.redis.dumpBuffer(key)));
  await world.pool.query(insert('a', 1, 2, 3));
  await untilIdle(first);
  await first.saveCheckpoint();
  await world.pool.query('DELETE FROM outbox WHERE position <= 2');
  await world.pool.query('UPDATE log SET floor = 2');
  await world.redis.flushall();
  for (const [n, key] of keys.entries()) await world.redis.restore(key, 0, copies[n]!);
  using second = publisherOf(world);
  await untilIdle(second);
  const reader = await openLogReader(world);
  await expect(reader.read({ filter: { topics }, after: 0, limit: 100 })).rejects.toThrow(
    RetentionPassedError,
  );
});
