import { describe, expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from '../../dev/tcp-proxy.ts';
import { request, type Subscription, subscribe } from '../support/graphql-client.ts';
import { idsOf, readLog } from '../support/log.ts';
import type { RoleProcess } from '../support/role-process.ts';
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
  receivedIds,
} from './support.ts';

const start = 'mutation { startWatching(userId: "u0", videoId: "v0") { id } }';
const viewers = 'subscription { viewership(videoId: "v0") { concurrentViewers } }';

describe('an api whose connections to Redis went silent', () => {
  test('opens new ones, over which events and signals go on, none lost or doubled', async () => {
    await using world = await createRecoveryWorld();
    await using proxy = await startTcpProxy({ to: world.redis.url });
    const api = await startApi(world, { REDIS_URL: proxy.through(world.redis.url) });
    world.spawn('worker');
    await using subscription = await followLog(world.apiUrl);
    await using signal = subscribe(world.apiUrl, viewers);
    await signal.take(1);
    await request(world.apiUrl, start);
    await subscription.take(1);

    silenceOpenOnes(proxy);
    await request(world.apiUrl, start);
    await subscription.take(2);
    await untilBack(api, 'commands', 'tail', 'signals');
    await createViewers(world.database).start({ userId: 'u1', videoId: 'v0' });
    await until(() => newestViewers(signal) === 2, { message: 'the signal tells of u1 too' });
    await expectWholeLog(world, subscription);
  });

  test('serves events from Postgres, mutations and keep-alives while Redis stays silent, and then goes on', async () => {
    await using world = await createRecoveryWorld();
    await using proxy = await startTcpProxy({ to: world.redis.url });
    const env = { REDIS_URL: proxy.through(world.redis.url), KEEP_ALIVE_MS: '1000' };
    const api = await startApi(world, env);
    await using subscription = await followLog(world.apiUrl);
    await using audience = gatherAudience(world.database);
    await subscription.take(10);

    proxy.silence();
    await subscription.take(subscription.results.length + 200, patient);
    await subscription.take(subscription.results.length + 200, patient);
    expect((await request(world.apiUrl, start)).errors).toBeUndefined();
    await api.waitForLog('redis.away');
    const pings = subscription.progress.length;
    await until(() => subscription.progress.length > pings + 3);
    await using late = subscribe(world.apiUrl, 'subscription { events { id } }');
    await late.take(1, patient);

    proxy.heal();
    await untilBack(api, 'commands', 'tail', 'signals');
    await subscription.take(subscription.results.length + 20);
    await audience.stop();
    const log = idsOf(await readLog(world.database));
    await subscription.take(log.length);
    expect(receivedIds(subscription.results)).toEqual(log);
  });
});

test('nothing is lost, doubled or reordered when every connection to Redis of every role falls silent', async () => {
  await using world = await createRecoveryWorld();
  await using proxy = await startTcpProxy({ to: world.redis.url });
  const env = { REDIS_URL: proxy.through(world.redis.url) };
  await startApi(world, env, env);
  const worker = world.spawn('worker', { env: { ...env, ...quickToGiveUp } });
  await worker.waitForLog('worker.started');
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(world.database);
  await subscription.take(40);

  // first with new connections at hand, then with none for a while
  silenceOpenOnes(proxy);
  await subscription.take(subscription.results.length + 200, patient);
  proxy.silence();
  await worker.waitForLog('redis.away');
  const started = audience.started;
  await until(() => audience.started > started + 20);
  proxy.heal();
  await subscription.take(subscription.results.length + 200, patient);
  await audience.stop();

  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
});

test('nothing is lost, doubled or reordered when every connection to Postgres of every role falls silent', async () => {
  await using world = await createRecoveryWorld();
  await using proxy = await startTcpProxy({ to: world.env.DATABASE_URL! });
  const env = { DATABASE_URL: proxy.through(world.env.DATABASE_URL!) };
  const api = await startApi(world, env, env);
  const worker = world.spawn('worker', { env: { ...env, ...quickToGiveUp } });
  await worker.waitForLog('worker.started'); // who is not registered has nothing to handle
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(world.database);
  await subscription.take(40);

  silenceOpenOnes(proxy);
  await subscription.take(subscription.results.length + 200, patient);
  proxy.silence();
  const refused = await request(world.apiUrl, start);
  expect(refused.errors?.map(({ extensions }) => extensions)).toMatchObject([
    { code: 'UNAVAILABLE', retryable: true },
  ]);
  proxy.heal();
  await until(async () => (await request(world.apiUrl, start)).errors === undefined, { timeoutMs: patient });
  await subscription.take(subscription.results.length + 200, patient);
  await audience.stop();

  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
  expect(api.logs.filter(({ level }) => level >= 60)).toEqual([]);
});

/** Starts an api and a relay, which leads then. */
async function startApi(
  world: World,
  env: Record<string, string>,
  relayEnv: Record<string, string> = {},
): Promise<RoleProcess> {
  const api = world.spawn('api', { env });
  const relay = world.spawn('relay', { env: relayEnv });
  await Promise.all([api.waitForLog('api.started'), relay.waitForLog('lease.taken')]);
  return api;
}

/** Only connections that are made from now on work. */
function silenceOpenOnes(proxy: TcpProxy): void {
  proxy.silence();
  proxy.heal();
}

async function untilBack(role: RoleProcess, ...uses: readonly string[]): Promise<void> {
  for (const use of uses) {
    await role.waitForLog('redis.back', {
      where: ({ connection }) => String(connection).endsWith(`:${use}`),
    });
  }
}

const newestViewers = ({ results }: Subscription) => results.at(-1)?.data.viewership.concurrentViewers;
