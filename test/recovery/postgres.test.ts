import { test } from 'vitest';
import { until } from '../support/until.ts';
import { createViewers } from '../support/viewers.ts';
import type { World } from '../support/world.ts';
import { createOwnPostgresWorld } from './own-postgres.ts';
import { expectEffectsOnce, expectWholeLog, followLog, patient, startAll } from './support.ts';

test('nothing is lost, doubled or reordered when PostgreSQL crashes and restarts, again and again, while events flow', async () => {
  await using world = await createOwnPostgresWorld();
  await startAll(world);
  await using subscription = await followLog(world.apiUrl);
  const writing = new AbortController();
  const writers = [0, 1, 2].map((user) => watchUntil(writing.signal, world, `u${user}`));
  for (let crashes = 0; crashes < 4; crashes += 1) {
    await subscription.take(subscription.results.length + 40, patient);
    await world.postgres.crashAndRestart();
  }
  await subscription.take(subscription.results.length + 40, patient);
  writing.abort();
  await Promise.all(writers);

  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
});

/** Lets one viewer start session after session; what fails is tried again, as what was written counts anyway. */
async function watchUntil(signal: AbortSignal, { database }: World, userId: string): Promise<void> {
  const viewers = createViewers(database);
  for (let count = 0; !signal.aborted; count += 1) {
    const session = await until(() => viewers.start({ userId, videoId: `v${count % 4}` }), {
      timeoutMs: patient,
    });
    await until(() => viewers.changeQuality(session, 2).then(() => true), { timeoutMs: patient });
  }
}
