/** All roles on a Redis whose primary Sentinels name; and the failover to its replica. */
import { expect, test } from 'vitest';
import { startSentinel } from '../../dev/redis-sentinel.ts';
import { createTestDatabase } from '../support/database.ts';
import { subscribe } from '../support/graphql-client.ts';
import { healthUrl, readyz } from '../support/role-health.ts';
import { until } from '../support/until.ts';
import { gatherAudience } from '../support/viewers.ts';
import { furnish } from '../support/world.ts';
import { detachReplica } from './detach-replica.ts';
import { expectEffectsOnce, expectWholeLog, fill, followLog, patient, startAll } from './support.ts';

test('a primary is replaced by a replica that lacks the last writes, with nothing lost, doubled or reordered', async () => {
  await using setup = new AsyncDisposableStack();
  const { url, database } = setup.use(await createTestDatabase());
  const sentinel = setup.use(await startSentinel());
  await fill(database);
  const { primary, replica } = sentinel;
  await using world = await furnish(setup, { url, database, redis: { ...primary, url: sentinel.url } });
  const roles = await startAll(world);
  await using subscription = await followLog(world.apiUrl);
  await using signal = subscribe(world.apiUrl, 'subscription { viewership { concurrentViewers } }');
  await using audience = gatherAudience(database);
  await subscription.take(40, patient);

  await detachReplica(replica, primary);
  await subscription.take(subscription.results.length + 60, patient);
  await primary.kill();
  const told = signal.results.length;
  await subscription.take(subscription.results.length + 60, patient);
  await until(() => signal.results.length > told, { message: 'the signal is told of' });
  for (const role of [roles.relay, roles.worker])
    await until(async () => (await readyz(await healthUrl(role))).ready, { timeoutMs: patient });
  await audience.stop();
  await expectWholeLog(world, subscription);
  await expectEffectsOnce(database);
  for (const { logs } of Object.values(roles)) expect(logs.length).toBeLessThan(mostLines);
});

const mostLines = 200;
