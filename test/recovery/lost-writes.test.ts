/** Redis loses its last writes and goes on with what it had before them. */
import { expect, test } from 'vitest';
import { startRedis } from '../../dev/redis.ts';
import { queuePrefix } from '../../src/log/keys.ts';
import type { RoleProcess } from '../support/role-process.ts';
import { until } from '../support/until.ts';
import { gatherAudience } from '../support/viewers.ts';
import type { World } from '../support/world.ts';
import { ask, takeSnapshot } from './snapshot.ts';
import {
  createRecoveryWorld,
  expectEffectsOnce,
  expectWholeLog,
  followLog,
  patient,
  startAll,
} from './support.ts';

test('a relay that finds its last batches gone is fenced, and publishes them again; clients notice nothing', async () => {
  await using world = await createRecoveryWorld();
  const { relay } = await startAll(world);
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(world.database);
  for (let losses = 0; losses < 3; losses += 1) {
    const snapshot = await takeSnapshot(world.redis);
    await subscription.take(subscription.results.length + 60, patient);
    await snapshot.restore();
    await until(() => fences(relay) > losses, { message: 'the relay is fenced' });
  }
  await subscription.take(subscription.results.length + 40, patient);
  await audience.stop();

  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
});

test('nothing is lost, doubled or reordered when a replica takes over that lacks the last writes', async () => {
  await using world = await createRecoveryWorld();
  await startAll(world);
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(world.database);
  await using replica = await startReplica(world);
  await subscription.take(40, patient);
  await replica.detach();
  await subscription.take(subscription.results.length + 80, patient);
  await replica.takeOver();
  await subscription.take(subscription.results.length + 80, patient);
  await audience.stop();

  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
});

test.each([
  { name: 'everything, their marker too', lose: loseQueues },
  { name: 'their last batches', lose: loseLastBatches },
])(
  'effects happen once when only the queues lose $name',
  async ({ lose }) => {
    await using world = await createRecoveryWorld();
    const { relay } = await startAll(world);
    await using subscription = await followLog(world.apiUrl);
    await using audience = gatherAudience(world.database);
    for (let losses = 0; losses < 3; losses += 1) {
      await lose(world, () => subscription.take(subscription.results.length + 60, patient));
      await until(() => heals(relay) > losses + 1, { message: 'the relay has noticed' });
    }
    await audience.stop();

    await expectWholeLog(world, subscription);
    await expectEffectsOnce(world.database);
    expect(fences(relay), 'the log was not touched').toBe(0);
  },
  150_000,
);

const logged = ({ logs }: RoleProcess, wanted: string) => logs.filter(({ msg }) => msg === wanted).length;
const fences = (relay: RoleProcess) => logged(relay, 'relay.fenced');
/** The first one is of a Redis that never had any. */
const heals = (relay: RoleProcess) => logged(relay, 'relay.queues_healed');

const queues = `${queuePrefix('aorta')}*`;

async function loseQueues({ redis }: World, letEventsHappen: () => Promise<unknown>): Promise<void> {
  await letEventsHappen();
  const script = "for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end";
  await ask(redis, (client) => client.eval(script, 0, queues));
}

async function loseLastBatches({ redis }: World, letEventsHappen: () => Promise<unknown>): Promise<void> {
  const snapshot = await takeSnapshot(redis, queues);
  await letEventsHappen();
  await snapshot.restore();
}

/** A server that has everything that the world's has, until it is detached. */
async function startReplica({ redis }: World) {
  const replica = await startRedis({ settings: [`replicaof 127.0.0.1 ${redis.port}`] });
  await until(async () =>
    (await ask(replica, (client) => client.info('replication'))).includes('master_link_status:up'),
  );
  return {
    detach: () => ask(replica, (client) => client.replicaof('NO', 'ONE')),
    /** In place of the world's server, under its address. */
    async takeOver() {
      await redis.kill();
      await ask(replica, (client) => client.config('SET', 'port', String(redis.port)));
    },
    [Symbol.asyncDispose]: () => replica.stop(),
  };
}
