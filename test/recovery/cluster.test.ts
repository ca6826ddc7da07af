/** All roles on a Redis Cluster, with the rights that docs/operations.md names for one; and the failover of a master. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type RedisClusterOptions, startRedisCluster } from '../../dev/redis-cluster.ts';
import { tellRedis } from '../../dev/tell-redis.ts';
import { logKeys, queueMarkerKey } from '../../src/log/keys.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import { createTestDatabase } from '../support/database.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import { healthUrl, readyz, series } from '../support/role-health.ts';
import type { RoleProcess } from '../support/role-process.ts';
import { until } from '../support/until.ts';
import { gatherAudience } from '../support/viewers.ts';
import { furnish } from '../support/world.ts';
import { detachReplica } from './detach-replica.ts';
import { expectEffectsOnce, expectWholeLog, fill, followLog, patient, startAll } from './support.ts';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const acl = /on a Redis Cluster:\*\*\n\n```text\nuser aorta (.*)\n```/.exec(page)?.[1] ?? '';

async function createClusterWorld(options: RedisClusterOptions = {}) {
  await using setup = new AsyncDisposableStack();
  const { url, database } = setup.use(await createTestDatabase());
  const cluster = setup.use(await startRedisCluster(options));
  await fill(database);
  return {
    cluster,
    world: await furnish(setup, { url, database, redis: { ...cluster.nodes[0]!, url: cluster.url } }),
  };
}

test('all roles do their work on a Redis Cluster, each slot on its node, with the rights of the docs', async () => {
  const { cluster, world: made } = await createClusterWorld();
  await using world = made;
  for (const node of cluster.nodes) await tellRedis(node, 'ACL', 'SETUSER', 'aorta', ...acl.split(' '));
  const env = { REDIS_URL: cluster.url.replace('://', '://aorta:password@') };
  const { api, relay, worker } = await startAll(world, env);
  await using subscription = await followLog(world.apiUrl);
  await using signal = subscribe(world.apiUrl, 'subscription { viewership { concurrentViewers } }');
  await using audience = gatherAudience(world.database);
  await subscription.take(100, patient);
  const ask = async (document: string) => {
    const { data, errors } = await request(world.apiUrl, document);
    expect(errors, document).toBeUndefined();
    return data;
  };
  const open = async (owner: string) =>
    (await ask(`mutation { openAccount(owner: "${owner}", initialDeposit: "100") { id } }`)).openAccount.id;
  const [from, to] = [await open('Ada'), await open('Grace')];
  const { transfer } = await ask(
    `mutation { transfer(fromAccountId: "${from}", toAccountId: "${to}", amount: "5") { id } }`,
  );
  await until(
    async () => (await ask(`{ transfer(id: "${transfer.id}") { status } }`)).transfer.status === 'COMPLETED',
  );
  await ask('mutation { pauseConsumer(consumer: "badges") { __typename } }');
  await ask('mutation { resumeConsumer(consumer: "badges") { __typename } }');
  const { pipeline } = await ask('{ pipeline { relayLeader consumers { lag } streams { length } } }');
  expect(pipeline.relayLeader).toContain('aorta-relay');
  await until(() => signal.results.length > 1, { message: 'the signal is told of' });
  await audience.stop();
  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);

  const memory = await series(await healthUrl(relay), 'aorta_redis_memory_used_bytes');
  expect(Object.keys(memory).sort()).toEqual(
    cluster.nodes.map(({ port }) => `node="127.0.0.1:${port}"`).sort(),
  );
  expect(await readyz(await healthUrl(relay))).toMatchObject({ ready: true, warnings: [] });
  for (const node of cluster.nodes) expect(await tellRedis(node, 'ACL', 'LOG')).toEqual([]);
  for (const { logs } of [api, relay, worker])
    expect(JSON.stringify(logs)).not.toMatch(/MOVED|ASK|CROSSSLOT|CLUSTERDOWN|same slot|NOPERM/);
  // each consumer's queues are a shard with a marker of its own
  const { rows } = await world.database.pool.query(
    "SELECT name, queue_marker AS marker FROM consumer WHERE kind = 'QUEUE'",
  );
  for (const { name, marker } of rows) {
    const key = queueMarkerKey('aorta', name);
    const [id] = String(await tellRedis(await cluster.masterOf(key), 'GET', key)).split('@');
    expect(marker, name).toContain(id);
  }
});

test('masters of a Cluster are replaced by replicas that lack the last writes, with nothing lost, doubled or reordered', async () => {
  const { cluster, world: made } = await createClusterWorld({ replicas: true });
  await using world = made;
  const roles = await startAll(world);
  await using subscription = await followLog(world.apiUrl);
  await using signal = subscribe(world.apiUrl, 'subscription { viewership { concurrentViewers } }');
  await using audience = gatherAudience(world.database);
  await subscription.take(40, patient);

  const { epoch } = await readLogRow(world.database.pool);
  const ofLog = await cluster.masterOf(logKeys('aorta', epoch).meta);
  const ofQueues = await Promise.all(
    ['badges', 'notifications'].map((consumer) => cluster.masterOf(queueMarkerKey('aorta', consumer))),
  );
  // of three masters two must always be there to elect another
  for (const master of [...new Set([ofLog, ...ofQueues])].slice(0, 2)) {
    const before = heals(roles.relay);
    await detachReplica(cluster.replicaOf(master), master);
    await subscription.take(subscription.results.length + 60, patient);
    await master.kill();
    const told = signal.results.length;
    await subscription.take(subscription.results.length + 60, patient);
    if (ofQueues.includes(master))
      await until(() => heals(roles.relay) > before, {
        message: 'the relay has noticed what the queues lost',
      });
    await until(() => signal.results.length > told, { message: 'the signal is told of' });
    await until(async () => (await readyz(await healthUrl(roles.relay))).ready, { timeoutMs: patient });
    await until(async () => (await readyz(await healthUrl(roles.worker))).ready, { timeoutMs: patient });
  }
  await audience.stop();
  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
  for (const { logs } of Object.values(roles)) expect(logs.length).toBeLessThan(mostLines);
});

const heals = ({ logs }: RoleProcess) => logs.filter(({ msg }) => msg === 'relay.queues_healed').length;
const mostLines = 200;
