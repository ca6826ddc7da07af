/** The primary of a store becomes another server, while the name still leads to the old one for a while. */
import { expect, test } from 'vitest';
import { startPostgres } from '../../dev/postgres.ts';
import { startRedis } from '../../dev/redis.ts';
import { startTcpProxy } from '../../dev/tcp-proxy.ts';
import { tellRedis } from '../../dev/tell-redis.ts';
import { applyMigrations } from '../../src/platform/migrations/apply.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { request } from '../support/graphql-client.ts';
import type { RoleProcess } from '../support/role-process.ts';
import { until } from '../support/until.ts';
import { createViewers, gatherAudience } from '../support/viewers.ts';
import { furnish, type World } from '../support/world.ts';
import {
  createRecoveryWorld,
  expectEffectsOnce,
  expectWholeLog,
  fill,
  followLog,
  patient,
  quickToGiveUp,
  startAll,
} from './support.ts';

const start = 'mutation { startWatching(userId: "u0", videoId: "v0") { id } }';
/** Of one that is told something again and again while a failover lasts: repeats are counted, not written */
const mostLines = 200;

const problemsOf = async (role: RoleProcess, started: string): Promise<readonly string[]> => {
  const { healthPort } = await role.waitForLog(started);
  const answer = await fetch(`http://127.0.0.1:${healthPort}/readyz`);
  return (await answer.json()).problems.map(({ what }: { what: string }) => what);
};

test('a Redis that became a replica is left for the new primary, with nothing lost, doubled or reordered', async () => {
  await using world = await createRecoveryWorld();
  await using other = await startRedis();
  await using proxy = await startTcpProxy({ to: world.redis.url });
  const { api, relay, worker } = await startAll(world, { REDIS_URL: proxy.through(world.redis.url) });
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(world.database);
  await subscription.take(40, patient);

  await tellRedis(other, 'REPLICAOF', '127.0.0.1', String(world.redis.port));
  await until(async () =>
    String(await tellRedis(other, 'INFO', 'replication')).includes('master_link_status:up'),
  );
  await tellRedis(other, 'REPLICAOF', 'NO', 'ONE');
  await tellRedis(world.redis, 'REPLICAOF', '127.0.0.1', String(other.port));
  // the name still leads to the old one: nothing can be published, and both say so
  await until(async () => (await problemsOf(relay, 'relay.started')).includes('redis'), {
    timeoutMs: patient,
  });
  await until(async () => (await problemsOf(worker, 'worker.started')).includes('redis'), {
    timeoutMs: patient,
  });
  expect((await request(world.apiUrl, start)).errors).toBeUndefined();
  const { started } = audience;
  await until(() => audience.started > started + 20);

  proxy.leadTo(other.url);
  await subscription.take(subscription.results.length + 40, patient);
  await until(async () => (await problemsOf(relay, 'relay.started')).length === 0, { timeoutMs: patient });
  await until(async () => (await problemsOf(worker, 'worker.started')).length === 0, { timeoutMs: patient });
  await audience.stop();
  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
  for (const role of [api, relay, worker]) expect(role.logs.length).toBeLessThan(mostLines);
});

test('a PostgreSQL that became a standby is left for the new primary, with nothing lost, doubled or reordered', async () => {
  await using setup = new AsyncDisposableStack();
  const primary = setup.use(await startPostgres({ fast: true }));
  const proxy = setup.use(await startTcpProxy({ to: primary.url() }));
  const url = proxy.through(primary.url());
  const redis = setup.use(await startRedis());
  await applyMigrations(url);
  const database = setup.use(openDatabase({ url, application: 'test' }));
  await fill(database);
  await using world: World = await furnish(setup, { url, database, redis });
  const { api, relay, worker } = await startAll(world);
  await using standby = await primary.startStandby();
  await using subscription = await followLog(world.apiUrl);
  const writing = new AbortController();
  const viewers = createViewers(database);
  const writers = ['u0', 'u1', 'u2'].map(async (userId) => {
    for (let count = 0; !writing.signal.aborted; count += 1) {
      // what was written counts anyway; what failed is tried again
      await until(() => viewers.start({ userId, videoId: `v${count % 4}` }), { timeoutMs: patient });
    }
  });
  await subscription.take(40, patient);

  await primary.demote();
  const refused = await until(async () => {
    const { errors } = await request(world.apiUrl, start);
    return errors;
  });
  expect(refused[0]!.extensions).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  for (const fields of ['videos(first: 1) { edges { cursor } }', 'head']) {
    const { errors } = await request(world.apiUrl, `{ ${fields} }`);
    expect(errors?.[0]?.extensions, fields).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  }
  expect((await fetch(`${world.apiUrl}/readyz`)).status).toBe(503);
  await until(async () => (await problemsOf(relay, 'relay.started')).includes('postgres'), {
    timeoutMs: patient,
  });
  await until(async () => (await problemsOf(worker, 'worker.started')).includes('postgres'), {
    timeoutMs: patient,
  });
  const late = world.spawn('worker', { env: quickToGiveUp });
  expect(await late.exited, 'which is refused at its start').toEqual({ code: 1, signal: null });

  await standby.promote();
  proxy.leadTo(standby.url());
  await subscription.take(subscription.results.length + 40, patient);
  await until(async () => (await fetch(`${world.apiUrl}/readyz`)).ok, { timeoutMs: patient });
  writing.abort();
  await Promise.all(writers);
  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
  for (const role of [api, relay, worker]) expect(role.logs.length).toBeLessThan(mostLines);
});
