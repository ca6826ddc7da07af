import { expect, test } from 'vitest';
import { catalogue } from '../../src/app/modules.ts';
import { heartbeat } from '../../src/domains/streaming/events.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { follow } from '../../src/live/follow.ts';
import { startTail } from '../../src/live/tail.ts';
import { openLogReader } from '../../src/log/reader.ts';
import { startWaiter } from '../../src/log/waiter.ts';
import { createOutbox, record } from '../../src/outbox/transaction.ts';
import { createLogger } from '../../src/platform/logger.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { openBlockingRedis, openRedis } from '../../src/platform/redis.ts';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';

test('a subscriber that is too slow for its queue leaves the tail, misses nothing, and joins again', async () => {
  await using world = await createWorld();
  await using live = await openTail(world);
  const { tail, openReader } = live;
  await world.spawn('relay').waitForLog('lease.taken');
  const following = follow({ tail, openReader, filter: { topics: catalogue.topics }, after: undefined });
  const received: string[] = [];
  const receive = async () => received.push((await following.next()).value!.id);

  await beat(world.database, 1);
  await receive();
  // nobody asks for more while three times as much arrives as the queue holds
  for (let batch = 0; batch < 3; batch += 1) await beat(world.database, 1_000);
  const log = await readLog(world.database);
  const newest = log.at(-1)!.position;
  await until(() => tail.position >= newest);
  expect(tail.subscribers).toBe(0);
  expect(following.progress, 'what was not yielded is not passed').toBeLessThan(log[1]!.position);

  while (received.length < log.length) await receive();
  expect(received).toEqual(idsOf(log));

  const next = receive();
  await until(() => tail.subscribers === 1);
  await beat(world.database, 1);
  await next;
  expect(received).toEqual(idsOf(await readLog(world.database)));
  await following.return();
  expect(tail.subscribers).toBe(0);
});

test('a subscriber leaves the tail while it waits for an event that does not come', async () => {
  await using world = await createWorld();
  await using live = await openTail(world);
  const { tail, openReader } = live;
  const following = follow({ tail, openReader, filter: { topics: catalogue.topics }, after: undefined });
  const next = following.next();
  expect(tail.subscribers).toBe(1);
  await following.return();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(tail.subscribers).toBe(0);
});

/** The tail of the world's log in this process, as the api has it. */
async function openTail({ env, database }: { env: Readonly<Record<string, string>>; database: Database }) {
  const logger = createLogger('test', 'silent');
  const connection = { url: env.REDIS_URL!, logger };
  const redis = openRedis({ ...connection, name: 'test:commands' });
  const blocking = openBlockingRedis({ ...connection, name: 'test:tail' });
  const { pool } = database;
  const openReader = () => openLogReader({ redis, pool, logName: 'aorta' });
  const waiter = startWaiter({ blocking, pool, logName: 'aorta', logger });
  const tail = await startTail({ openReader, waiter, topics: catalogue.topics, logger });
  return {
    tail,
    openReader,
    async [Symbol.asyncDispose]() {
      await tail.stop();
      await waiter.stop();
      redis.disconnect();
    },
  };
}

/** Records so many events in one transaction. */
async function beat({ prisma }: Database, count: number): Promise<void> {
  const outbox = createOutbox({ prisma, nudge: () => {} });
  await outbox.transaction(requestCause('test'), async (tx) => {
    const beats = Array.from({ length: count }, (_, index) =>
      heartbeat.of({
        aggregateId: 'session',
        aggregateVersion: index + 1,
        occurredAt: new Date(),
        payload: { sessionId: 'session', userId: 'ada', videoId: '1', quality: 'HD' },
      }),
    );
    record(tx, ...beats);
  });
}
