import { expect, test } from 'vitest';
import { freePort } from '../../dev/free-port.ts';
import { request } from '../support/graphql-client.ts';
import { until } from '../support/until.ts';
import { gatherAudience } from '../support/viewers.ts';
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

/** A clock that is ahead by so much, or behind when it is negative. */
const ahead = (ms: number) => ({
  NODE_OPTIONS: `--import=${new URL('../../chaos/clock-ahead.ts', import.meta.url).href}`,
  CLOCK_AHEAD_MS: String(ms),
});
const hour = 3_600_000;

test('effects happen once, and nothing is given up early, beside a worker whose clock is an hour ahead', async () => {
  await using world = await createRecoveryWorld();
  const { worker } = await startAll(world);
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(world.database);
  await subscription.take(40, patient);

  // beside one that is right, then alone, then it dies with work in hand
  const wrong = world.spawn('worker', { env: { ...quickToGiveUp, ...ahead(hour) } });
  await wrong.waitForLog('worker.started');
  await subscription.take(subscription.results.length + 100, patient);
  await worker.stop();
  await subscription.take(subscription.results.length + 100, patient);
  await wrong.kill();
  world.spawn('worker', { env: quickToGiveUp });
  await subscription.take(subscription.results.length + 40, patient);
  await audience.stop();

  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
});

test.each([
  ['a day ahead', 24 * hour],
  ['an hour behind', -hour],
])('whatever is stored and told has its right time on machines whose clocks are %s', async (_what, ms) => {
  await using world = await createRecoveryWorld();
  const { api, relay, worker } = await startAll(world, ahead(ms));
  await using other = await createApiOfItsOwn(world);
  const ask = (query: string, url = world.apiUrl) => request(url, query);
  const before = Date.now() - 2_000; // the clocks of both are this machine's
  const open = (owner: string) =>
    ask(`mutation { openAccount(owner: "${owner}", initialDeposit: "100") { id } }`);
  const [from, to] = (await Promise.all(['Ada', 'Grace'].map(open))).map(({ data }) => data.openAccount.id);
  const transfers = await Promise.all(
    ['1', '2', '3', '4'].map((amount) =>
      ask(
        `mutation { transfer(fromAccountId: "${from}", toAccountId: "${to}", amount: "${amount}") { id } }`,
      ),
    ),
  );
  for (const { data } of transfers) {
    const status = await until(async () => {
      const { transfer } = (await ask(`{ transfer(id: "${data.transfer.id}") { status } }`)).data;
      return transfer.status !== 'PENDING' && transfer.status;
    });
    expect(status).toBe('COMPLETED');
  }
  await ask('mutation { startWatching(userId: "u0", videoId: "v0") { id } }');
  const viewers = '{ viewership { concurrentViewers } }';
  for (const url of [world.apiUrl, other.url]) {
    expect((await ask(viewers, url)).data.viewership.concurrentViewers).toBe(1);
  }
  await untilAllHandled(world.database);
  const { events } = (await ask('{ events(first: 500) { edges { node { type occurredAt } } } }')).data;
  const late = Date.now() + 2_000;
  expect(events.edges.length).toBeGreaterThan(10);
  const wrong = events.edges.filter(({ node }: { node: { occurredAt: string } }) => {
    const at = Date.parse(node.occurredAt);
    return at < before || at > late;
  });
  expect(wrong).toEqual([]);

  const { healthPort } = await relay.waitForLog('relay.started');
  const { healthPort: workerPort } = await worker.waitForLog('worker.started');
  for (const url of [world.apiUrl, `http://127.0.0.1:${healthPort}`, `http://127.0.0.1:${workerPort}`]) {
    const { ready, warnings } = await (await fetch(`${url}/readyz`)).json();
    expect(ready).toBe(true);
    expect(warnings).toMatchObject([{ what: 'clock' }]);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const told = Number(/^aorta_clock_ahead_seconds (\S+)/m.exec(metrics)![1]);
    expect(Math.abs(told - ms / 1_000)).toBeLessThan(2);
  }
  expect(api.logs.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

/** Another one, whose clock is right. */
async function createApiOfItsOwn(world: World) {
  const port = String(await freePort());
  const api = world.spawn('api', { env: { PORT: port } });
  await api.waitForLog('api.started');
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => api.kill().then(() => {}) };
}
