/** Redis refuses one sink: the other goes on, and the refused one catches up afterwards. */
import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { idsOf, readLog } from '../support/log.ts';
import { openAdmin, readJobs, readStream, registerConsumer } from '../support/published.ts';
import {
  expectPublished,
  openPublishing,
  patient,
  untilFailing,
  untilPublished,
} from '../support/publishing.ts';
import { readyz } from '../support/role-health.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

const keysOfStreams = '~{aorta:*';
const keysOfQueues = '~{aorta-queues}:*';
const keysOfOneQueue = (consumer: string) => [`~{aorta-queues}:${consumer}:*`, '~{aorta-queues}:marker'];

test('jobs are added while Redis refuses the streams, which catch up afterwards', async () => {
  await using world = await createWorld();
  await using admin = await openAdminUser(world);
  const { watch, health } = await openPublishing(world, world.redis.url);
  await watch(3);
  await untilPublished(world);

  await allowOnly(admin, keysOfQueues);
  await watch(20);
  await untilFailing(health, 'streams', /^NOPERM$/);
  const log = idsOf(await readLog(world.database));
  await until(async () => (await readJobs(admin, 'all')).length === log.length, {
    message: 'every job is there',
  });
  await untilNamed(health, 'relay.streams');

  expect(await readStream(admin, world, 'video'), 'the streams stand still').toHaveLength(3);

  await allowAll(admin);
  await untilPublished(world);
  await expectPublished(world, admin);
});

test('streams go on while Redis refuses the queues, which catch up afterwards', async () => {
  await using world = await createWorld();
  await using admin = await openAdminUser(world);
  const { watch, health } = await openPublishing(world, world.redis.url);
  await watch(3);
  await untilPublished(world);

  await allowOnly(admin, keysOfStreams);
  await watch(20);
  await untilFailing(health, 'queues', /^NOPERM$/);
  const log = idsOf(await readLog(world.database));
  await until(async () => (await readStream(admin, world, 'video')).length === log.length, {
    message: 'every event is in the stream',
  });
  await untilNamed(health, 'relay.queues');

  expect(await readJobs(admin, 'all'), 'the queues stand still').toHaveLength(3);

  await allowAll(admin);
  await untilPublished(world);
  await expectPublished(world, admin);
});

test('a queue that Redis refuses is a warning with its reason, as long as the other queues and the streams go on', async () => {
  await using world = await createWorld();
  await using admin = await openAdminUser(world);
  const { watch, health } = await openPublishing(world, world.redis.url);
  await registerConsumer(world, 'other');
  await watch(3);
  await untilPublished(world);

  await admin.acl('SETUSER', 'default', 'resetkeys', keysOfStreams, ...keysOfOneQueue('other'));
  await watch(5);
  const { ready, warnings } = await until(
    async () => {
      const answer = await readyz(health);
      return answer.warnings.length > 0 && answer;
    },
    { timeoutMs: patient, message: 'readiness warns of the queue' },
  );
  expect({ ready, warnings }).toMatchObject({
    ready: true,
    warnings: [{ what: 'relay.queue.all', error: expect.stringContaining('NOPERM') }],
  });
  await until(async () => (await readJobs(admin, 'other')).length === 8);
  expect(await readJobs(admin, 'all')).toHaveLength(3);

  await allowAll(admin);
  await untilPublished(world);
  await expectPublished(world, admin);
  await until(async () => (await readyz(health)).warnings.length === 0);
});

/** Sees all keys also while the roles do not. */
async function openAdminUser(world: World) {
  const admin = openAdmin(world.redis.url);
  await admin.acl('SETUSER', 'admin', 'on', 'nopass', '+@all', 'allkeys', 'allchannels');
  await admin.auth('admin', 'any');
  return admin;
}

/** Redis refuses every other key, to connections that are open too. */
const allowOnly = (admin: Redis, keys: string) => admin.acl('SETUSER', 'default', 'resetkeys', keys);
const allowAll = (admin: Redis) => admin.acl('SETUSER', 'default', 'allkeys');

const untilNamed = (health: string, what: string) =>
  until(
    async () => {
      const { status, problems } = await readyz(health);
      return status === 503 && problems.every((problem) => problem.what === what) && problems[0]?.error;
    },
    { timeoutMs: patient, message: `readiness names ${what}, and nothing else` },
  );
