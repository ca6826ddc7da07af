import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { request } from '../support/graphql-client.ts';
import { readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { createViewers, gatherAudience } from '../support/viewers.ts';
import type { World } from '../support/world.ts';
import {
  createRecoveryWorld,
  expectEffectsOnce,
  expectWholeLog,
  followLog,
  patient,
  quickToGiveUp,
  startAll,
  untilAllHandled,
} from './support.ts';

test('nothing is lost, doubled or reordered when Redis forgets everything, again and again, while events flow', async () => {
  await using world = await createRecoveryWorld();
  await startAll(world);
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(world.database);

  for (let flushes = 0; flushes < 5; flushes += 1) {
    const received = subscription.results.length;
    // in full flow: some of what is published is not yet handled, some of what is committed not yet published
    await subscription.take(received + 40, patient);
    await flushAll(world);
  }
  await audience.stop();

  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
});

test('nothing is lost, doubled or reordered when Redis is killed and comes back empty', async () => {
  await using world = await createRecoveryWorld();
  const { relay } = await startAll(world);
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(world.database);

  for (let kills = 0; kills < 2; kills += 1) {
    await subscription.take(subscription.results.length + 40, patient);
    await world.redis.kill();
    await until(() => relay.logs.filter(({ msg }) => msg === 'redis.away').length > 0);
    // viewers notice nothing: a mutation needs Postgres only
    const answer = await request(
      world.apiUrl,
      'mutation { startWatching(userId: "u0", videoId: "v0") { id } }',
    );
    expect(answer.errors).toBeUndefined();
    const started = audience.started;
    await until(() => audience.started > started + 4);
    await world.redis.start();
  }
  await subscription.take(subscription.results.length + 40, patient);
  await audience.stop();

  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
});

test('nothing is lost, doubled or reordered when Redis is killed and comes back with what it had', async () => {
  await using world = await createRecoveryWorld({ redis: { appendonly: true } });
  await startAll(world);
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(world.database);

  for (let kills = 0; kills < 3; kills += 1) {
    await subscription.take(subscription.results.length + 40, patient);
    await world.redis.kill();
    const { started } = audience;
    await until(() => audience.started > started + 4);
    await world.redis.start();
  }
  await subscription.take(subscription.results.length + 40, patient);
  await audience.stop();

  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
});

test('while Redis hangs mutations commit, the relay says so, and all of it arrives when Redis goes on', async () => {
  await using world = await createRecoveryWorld();
  const { relay } = await startAll(world);
  const { healthPort } = await relay.waitForLog('relay.started');
  const ready = async () => (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).ok;
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(world.database);
  await subscription.take(40, patient);
  expect(await ready()).toBe(true);

  world.redis.pause();
  await until(async () => !(await ready()), { timeoutMs: patient, message: 'the relay is not ready' });
  const { errors } = await request(
    world.apiUrl,
    'mutation { startWatching(userId: "u0", videoId: "v0") { id } }',
  );
  expect(errors).toBeUndefined();
  const { started } = audience;
  await until(() => audience.started > started + 4);
  world.redis.resume();
  await until(ready, { timeoutMs: patient, message: 'the relay is ready again' });
  await subscription.take(subscription.results.length + 40, patient);
  await audience.stop();

  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
});

test('jobs that Redis lost before any worker saw them are enqueued again', async () => {
  await using world = await createRecoveryWorld();
  const { worker } = await startAll(world);
  await worker.stop();
  const viewers = createViewers(world.database);
  for (let index = 0; index < 20; index += 1) await viewers.start({ userId: 'u1', videoId: `v${index % 4}` });
  const newest = (await readLog(world.database)).at(-1)!.position;
  await until(async () => {
    const sql = `SELECT FROM consumer WHERE kind = 'QUEUE' AND enqueued_position < $1`;
    return (await world.database.pool.query(sql, [newest])).rowCount === 0;
  });

  await flushAll(world);
  world.spawn('worker', { env: quickToGiveUp });
  await untilAllHandled(world.database);
  await expectEffectsOnce(world.database);
});

async function flushAll({ redis }: World): Promise<void> {
  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();
}
