/** Event streams as a page has them: a real browser, behind a connection that dies without a word. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chromium, startChromium } from '../../dev/chromium.ts';
import { startTcpProxy, type TcpProxy } from '../../dev/tcp-proxy.ts';
import { request } from '../support/graphql-client.ts';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { addVideos, gatherAudience } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';
import { type PageFollower, withEventSource, withOneConnection } from './page-followers.ts';

const subscriptions = 9; // a browser opens six connections to one host
const silentMs = 4_000;

let world: World;
let proxy: TcpProxy;
let browser: Chromium;

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 4);
  proxy = await startTcpProxy({ to: world.apiUrl });
  browser = await startChromium();
  const env = { KEEP_ALIVE_MS: '300', ALLOWED_ORIGINS: new URL(proxy.through(world.apiUrl)).origin };
  const [api, relay] = [world.spawn('api', { env }), world.spawn('relay')];
  await Promise.all([
    api.waitForLog('api.started', { timeoutMs: 60_000 }),
    relay.waitForLog('lease.taken', { timeoutMs: 60_000 }),
  ]);
}, 120_000);
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await proxy.stop();
  await world[Symbol.asyncDispose]();
});

test.each([
  { name: 'an EventSource', count: 1, follow: withEventSource },
  {
    name: `${subscriptions} subscriptions on one event stream`,
    count: subscriptions,
    follow: withOneConnection,
  },
])(
  '$name: the page notices that its connection is dead, resumes, and has everything once and in order',
  async ({ count, follow }) => {
    const page = await browser.context.newPage();
    await page.goto(proxy.through(`${world.apiUrl}/healthz`));
    const { head } = (await request(world.apiUrl, '{ head }')).data;
    const before = idsOf(await readLog(world.database)).length;
    const query = 'subscription { events { id } }';
    await page.evaluate(follow, { query, after: head, count, silentMs });
    const has = (what: (state: State) => boolean) =>
      until(async () => what(await stateOf(page)), { timeoutMs: 60_000 });

    await has(({ pings }) => pings >= 3); // nothing happens, and the page knows that it would hear of it
    {
      await using _audience = gatherAudience(world.database, { users: 2 });
      await has(({ received }) => received.every((ids) => ids.length >= 3));
      proxy.silence();
      await has(({ reopened }) => reopened >= 1);
      proxy.heal();
      const { received } = await stateOf(page);
      await has((now) => now.received.every((ids, index) => ids.length > received[index]!.length));
    }
    const log = idsOf(await readLog(world.database)).slice(before);
    await has(({ received }) => received.every((ids) => ids.length >= log.length));
    const { received } = await stateOf(page);
    for (const ids of received) expect(ids).toEqual(log);
    await page.close();
  },
  180_000,
);

type State = PageFollower;
const stateOf = (page: Page) => page.evaluate(() => (globalThis as unknown as { follower: State }).follower);
