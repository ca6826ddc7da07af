import { expect, test } from 'vitest';
import { catalogue } from '../../src/app/modules.ts';
import { createSharedScan } from '../../src/live/shared-scan.ts';
import { type LogRead, openLogReader } from '../../src/log/reader.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { openRedis } from '../../src/platform/redis.ts';
import { readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';
import { beat, openLive } from './support.ts';

const { topics } = catalogue;
const users = Array.from({ length: 30 }, (_, index) => `u${index}`);

test('many who look for little each share one pass over the stream, and each gets its own', async () => {
  await using world = await createWorld();
  await using redis = await openTestRedis(world);
  await world.spawn('relay').waitForLog('lease.taken');
  await writeForUsers(world, 3);
  const scan = createSharedScan(() => redis.reader);
  const log = await readLog(world.database);
  const end = log.at(-1)!.position;

  const commandsBefore = await redis.rangeReads();
  const pages = await Promise.all(
    users.map((user) => scan({ filter: { topics, keys: [`user:${user}`] }, after: 0, upTo: end, limit: 10 })),
  );
  // one page of a thousand holds it all; every topic has a stream
  expect((await redis.rangeReads()) - commandsBefore).toBe(topics.length);
  for (const [index, page] of pages.entries()) {
    const own = log.filter(({ keys }) => keys.includes(`user:${users[index]}`));
    expect(page.events.map(({ position }) => position)).toEqual(own.map(({ position }) => position));
    expect(page).toMatchObject({ next: end, source: 'stream' });
  }
});

test('only those who are further behind than the stream reaches are looked up in the outbox', async () => {
  await using world = await createWorld();
  await using redis = await openTestRedis(world);
  await world.spawn('relay', { env: { STREAM_MAX_LENGTH: '50' } }).waitForLog('lease.taken');
  await writeForUsers(world, 3);
  const lookedUp: LogRead[] = [];
  const scan = createSharedScan(() => ({
    ...redis.reader,
    read(read) {
      if (read.by === 'index') lookedUp.push(read);
      return redis.reader.read(read);
    },
  }));
  const log = await readLog(world.database);
  const upTo = log.at(-1)!.position;
  const pageAfter = (after: number) => (user: string) =>
    scan({ filter: { topics, keys: [`user:${user}`] }, after, upTo, limit: 10 });

  const [whole, ...newest] = await Promise.all([
    pageAfter(0)(users[0]!),
    ...users.slice(1).map(pageAfter(60)),
  ]);
  expect(whole!.events).toHaveLength(3);
  expect(newest.map(({ events }) => events.length)).toEqual(users.slice(1).map(() => 1));
  expect(lookedUp.map(({ after }) => after)).toEqual([0]);
});

test('a read of nothing is answered', async () => {
  await using world = await createWorld();
  await using redis = await openTestRedis(world);
  await world.spawn('relay').waitForLog('lease.taken');
  await writeForUsers(world, 1);
  const scan = createSharedScan(() => redis.reader);
  const page = await scan({ filter: { topics, keys: ['user:u1'] }, after: 30, upTo: 20, limit: 10 });
  expect(page).toMatchObject({ events: [], next: 30 });
});

test('a shared pass keeps to each one’s range and limit', async () => {
  await using world = await createWorld();
  await using redis = await openTestRedis(world);
  await world.spawn('relay').waitForLog('lease.taken');
  await writeForUsers(world, 4);
  const scan = createSharedScan(() => redis.reader);
  const log = await readLog(world.database);
  const end = log.at(-1)!.position;
  const own = log.filter(({ keys }) => keys.includes('user:u3')).map(({ position }) => position);
  const filter = { topics, keys: ['user:u3'] };
  const [first, middle, none] = await Promise.all([
    scan({ filter, after: 0, upTo: end, limit: 2 }),
    scan({ filter, after: own[0]!, upTo: own[2]!, limit: 10 }),
    scan({ filter, after: own[3]!, upTo: end, limit: 10 }),
  ]);
  expect(first.events.map(({ position }) => position)).toEqual(own.slice(0, 2));
  expect(first.next, 'goes on after the last that was given').toBe(own[1]);
  expect(middle.events.map(({ position }) => position)).toEqual(own.slice(1, 3));
  expect(middle.next).toBe(own[2]);
  expect(none).toMatchObject({ events: [], next: end });
});

test('history comes from memory while it is there, and from a process that has just started too', async () => {
  await using world = await createWorld();
  await world.spawn('relay').waitForLog('lease.taken');
  await writeForUsers(world, 2);
  const end = (await readLog(world.database)).at(-1)!.position;
  await using live = await openLive(world);
  expect(live.tail.recent.size).toBe(2 * users.length);
  const read = { filter: { topics, keys: ['user:u1'] }, after: 0, upTo: end, limit: 10 };
  expect((await live.history.read(read)).events).toHaveLength(2);
  expect(live.history.answered).toEqual({ memory: 1, stream: 0, outbox: 0 });
});

test('a process starts where Redis is empty and the outbox reaches back less far than it would remember', async () => {
  await using world = await createWorld();
  const relay = world.spawn('relay');
  await relay.waitForLog('lease.taken');
  await writeForUsers(world, 1);
  await relay.stop();
  await world.database.pool.query('UPDATE log SET floor = 10');
  await using redis = await openTestRedis(world);
  await redis.forgetAll();

  await using live = await openLive(world);
  expect(live.tail.recent.size).toBe(0);
  expect(live.tail.position).toBe(users.length);
});

/** So many events for each user, in as many transactions. */
async function writeForUsers({ database, env }: World, each: number): Promise<void> {
  for (let round = 0; round < each; round += 1) {
    for (const user of users) await beat(database, 1, user);
  }
  await using redis = await openTestRedis({ env, database });
  await until(async () => (await redis.reader.through()) >= each * users.length, {
    message: 'all is published',
  });
}

async function openTestRedis({ env, database }: Pick<World, 'env' | 'database'>) {
  const redis = openRedis({
    url: env.REDIS_URL!,
    name: 'test',
    logger: createLogger('test', 'silent'),
  });
  const reader = await openLogReader({ redis, pool: database.pool, logName: 'aorta' });
  return {
    reader,
    /** How many XRANGE commands Redis has run */
    async rangeReads() {
      const stats = await redis.info('commandstats');
      return Number(/cmdstat_xrange:calls=(\d+)/.exec(stats)?.[1] ?? 0);
    },
    forgetAll: () => redis.flushall(),
    async [Symbol.asyncDispose]() {
      redis.disconnect();
    },
  };
}
