import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { createViewers, gatherAudience } from '../support/viewers.ts';
import {
  createRecoveryWorld,
  expectEffectsOnce,
  expectWholeLog,
  followLog,
  patient,
  receivedIds,
  startAll,
} from './support.ts';

test('a relay killed again and again while it publishes loses, doubles and reorders nothing', async () => {
  await using world = await createRecoveryWorld();
  let { relay } = await startAll(world);
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(world.database, { paceMs: 10 });

  for (let kills = 0; kills < 6; kills += 1) {
    await subscription.take(subscription.results.length + 20, patient);
    // anywhere between two steps of its turns
    await delay(Math.random() * 60);
    await relay.kill();
    const started = audience.started;
    await until(() => audience.started > started, { message: 'viewers go on without a relay' });
    relay = world.spawn('relay');
  }
  await subscription.take(subscription.results.length + 20, patient);
  await audience.stop();

  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
});

test('a relay that was killed with a backlog is followed by one that goes on where it was', async () => {
  await using world = await createRecoveryWorld();
  const { relay } = await startAll(world);
  await using subscription = await followLog(world.apiUrl);
  await relay.kill();
  const viewers = createViewers(world.database);
  let written = 0;
  const writeBacklog = async () => {
    for (; written < published + 100; written += 1)
      await viewers.start({ userId: 'u0', videoId: `v${written % 4}` });
  };

  // the smallest batches, so that relays die in the middle of the backlog
  let published = 0;
  for (let deaths = 0; deaths < 4; deaths += 1) {
    await writeBacklog();
    const dying = world.spawn('relay', { env: { RELAY_BATCH: '1', RELAY_QUEUE_BATCH: '1' } });
    await subscription.take(published + 1, patient);
    await dying.kill();
    published = subscription.results.length;
    const ids = receivedIds(subscription.results);
    expect(ids).toEqual(idsOf(await readLog(world.database)).slice(0, ids.length));
  }
  world.spawn('relay');
  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
});
