import { Queue } from 'bullmq';
import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { createViewers } from '../support/viewers.ts';
import type { World } from '../support/world.ts';
import { createRecoveryWorld, expectEffectsOnce, quickToGiveUp, untilAllHandled } from './support.ts';

// each handler has written something, and writes to this table next
test.each([
  { consumer: 'badges', table: 'badge' },
  { consumer: 'notifications', table: 'notification' },
  { consumer: 'preferences', table: 'preference_quality' },
  { consumer: 'rankings', table: 'ranking' },
  { consumer: 'analytics', table: 'analytics_viewer' },
  { consumer: 'recommendations', table: 'recommendation_list' },
])('$consumer killed in the middle of an event has its effects once', async ({ consumer, table }) => {
  await using world = await createRecoveryWorld();
  await world.spawn('relay').waitForLog('lease.taken');
  // all other services have done their part when this one dies
  await world.spawn('worker', { env: quickToGiveUp }).waitForLog('worker.started');
  await using gate = await closeGate(world, table);
  const viewers = createViewers(world.database);
  for (const user of [0, 1, 2]) await viewers.start({ userId: `u${user}`, videoId: `v${user}` });

  const [dying] = world.roles.filter(({ role }) => role === 'worker');
  await gate.untilSomebodyWaits();
  await dying!.kill();
  await gate.untilNobodyWaits();
  await gate.open();
  expect(await effectsOf(world, consumer)).toBe(0);

  world.spawn('worker', { env: quickToGiveUp });
  await untilAllHandled(world.database);
  await expectEffectsOnce(world.database);
  expect(await effectsOf(world, consumer)).toBe(3);
});
