/** Redis refuses, hangs or dawdles: mutations commit, the relay says what is wrong, and then everything drains. */
import { describe, expect, test } from 'vitest';
import { startTcpProxy } from '../../dev/tcp-proxy.ts';
import { openAdmin } from '../support/published.ts';
import {
  expectPublished,
  openPublishing,
  patient,
  untilFailing,
  untilPublished,
} from '../support/publishing.ts';
import { readyz, series } from '../support/role-health.ts';
import { startSmallDiskRedis } from '../support/small-disk-redis.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

/** Something that is wrong with Redis, until it ends. */
interface Trouble {
  readonly begin: () => unknown;
  readonly end: () => unknown;
  /** What the failures are counted under */
  readonly reason: RegExp;
}

describe('mutations commit, the relay is not ready and says why, and everything is published once and in order after', () => {
  test('Redis was full', async () => {
    await using world = await createWorld();
    await using admin = openAdmin(world.redis.url);
    await expectToOutlast(world, world.redis.url, {
      async begin() {
        const used = Number(/^used_memory:(\d+)/m.exec(await admin.info('memory'))![1]);
        await admin.config('SET', 'maxmemory', String(used + 4_000_000));
        await admin.setrange('ballast', 20_000_000, 'x');
      },
      end: () => admin.unlink('ballast'),
      reason: /^OOM$/,
    });
  });

  test('Redis hung', async () => {
    await using world = await createWorld();
    await expectToOutlast(world, world.redis.url, {
      begin: () => world.redis.pause(),
      end: () => world.redis.resume(),
      reason: /^(TIMEOUT|AWAY|E[A-Z]+)$/,
    });
  });

  test('Redis answered too late for everybody', async () => {
    await using world = await createWorld();
    await using proxy = await startTcpProxy({ to: world.redis.url });
    await expectToOutlast(world, proxy.through(world.redis.url), {
      begin: () => proxy.slow(7_000),
      end: () => {
        proxy.heal();
        proxy.cut(); // what is still on its way would take its time
      },
      reason: /^(TIMEOUT|AWAY|E[A-Z]+)$/,
    });
  });

  test('the disk of Redis was full', async () => {
    await using world = await createWorld();
    await using redis = await startSmallDiskRedis();
    await expectToOutlast(world, redis.url, {
      begin: () => redis.fillDisk(),
      end: () => redis.makeRoom(),
      reason: /^MISCONF$/,
    });
  });
});

test('a slow Redis makes everything late, and nothing wrong', async () => {
  await using world = await createWorld();
  await using proxy = await startTcpProxy({ to: world.redis.url });
  await using admin = openAdmin(world.redis.url);
  const { watch, health } = await openPublishing(world, proxy.through(world.redis.url));
  proxy.slow(400);
  await watch(30);
  await untilPublished(world);
  await expectPublished(world, admin);
  expect((await readyz(health)).ready).toBe(true);
});

async function expectToOutlast(world: World, redisUrl: string, { begin, end, reason }: Trouble) {
  await using admin = openAdmin(redisUrl);
  const { watch, health } = await openPublishing(world, redisUrl);
  await watch(3);
  await untilPublished(world);
  expect((await readyz(health)).ready).toBe(true);

  await begin();
  await watch(20);
  await untilFailing(health, 'streams', reason);
  await untilFailing(health, 'queues', reason);
  await until(
    async () => {
      const { problems } = await readyz(health);
      return problems.some(({ what, error, since }) => what === 'relay.streams' && error && since);
    },
    { timeoutMs: patient, message: 'readiness names the stream sink' },
  );
  await until(async () => (await series(health, 'aorta_loop_backoff_seconds'))['loop="relay.streams"']! > 0, {
    timeoutMs: patient,
    message: 'it backs off',
  });
  expect((await readyz(health)).status).toBe(503);
  await watch(20);

  await end();
  await untilPublished(world);
  await expectPublished(world, admin);
  await until(async () => (await readyz(health)).ready, {
    timeoutMs: patient,
    message: 'the relay is ready',
  });
  const failures = await series(health, 'aorta_loop_consecutive_failures');
  expect(failures).toMatchObject({ 'loop="relay.streams"': 0, 'loop="relay.queues"': 0 });
}
