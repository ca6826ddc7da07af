import { test } from 'vitest';
import { gatherAudience } from '../support/viewers.ts';
import {
  createRecoveryWorld,
  expectEffectsOnce,
  expectWholeLog,
  followLog,
  patient,
  quickToGiveUp,
  startAll,
} from './support.ts';

const anHourAhead = {
  NODE_OPTIONS: `--import=${new URL('../../chaos/clock-ahead.ts', import.meta.url).href}`,
  CLOCK_AHEAD_MS: '3600000',
};

test('effects happen once, and nothing is given up early, beside a worker whose clock is an hour ahead', async () => {
  await using world = await createRecoveryWorld();
  const { worker } = await startAll(world);
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(world.database);
  await subscription.take(40, patient);

  // beside one that is right, then alone, then it dies with work in hand
  const ahead = world.spawn('worker', { env: { ...quickToGiveUp, ...anHourAhead } });
  await ahead.waitForLog('worker.started');
  await subscription.take(subscription.results.length + 100, patient);
  await worker.stop();
  await subscription.take(subscription.results.length + 100, patient);
  await ahead.kill();
  world.spawn('worker', { env: quickToGiveUp });
  await subscription.take(subscription.results.length + 40, patient);
  await audience.stop();

  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
});
