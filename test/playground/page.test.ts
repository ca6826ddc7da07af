import { SignJWT } from 'jose';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Chromium, startChromium } from '../../dev/chromium.ts';
import type { RoleProcess } from '../support/role-process.ts';
import { until } from '../support/until.ts';
import { addVideos } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';
import { openPlayground } from './browser.ts';

const secret = 'a secret that is long enough for HS256';
const start = 'mutation { startWatching(userId: "ada", videoId: "v0") { id } }';
const follow = 'subscription { watchActivity(userId: "ada") { type actor } }';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 }); // a browser, beside everything else that runs

let world: World;
let browser: Chromium;
let api: RoleProcess;
let url: string;

const patient = { timeoutMs: 60_000 };
const startApi = () => world.spawn('api', { env: { JWT_SECRET: secret, KEEP_ALIVE_MS: '500' } });

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 1);
  api = startApi();
  const relay = world.spawn('relay');
  browser = await startChromium();
  await Promise.all([api.waitForLog('api.started', patient), relay.waitForLog('lease.taken', patient)]);
  url = `${world.apiUrl}/graphql`;
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

async function newPage(): Promise<Page & AsyncDisposable> {
  const page = await browser.context.newPage();
  // Playwright's own disposal closes the page, where it has one
  return Object.assign(page, { [Symbol.asyncDispose]: () => page.close() });
}

async function tokenOf(subject: string): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setExpirationTime('10m')
    .sign(new TextEncoder().encode(secret));
}

test('at first load it takes at most 500 KB, from its own host alone; the second time nothing', async () => {
  await using page = await newPage();
  const network = await browser.context.newCDPSession(page);
  await network.send('Network.enable');
  const hosts = new Set<string>();
  let headers = 0;
  let bodies = 0;
  const fromNetwork = new Set<string>();
  network.on('Network.requestWillBeSent', ({ request }) => hosts.add(new URL(request.url).host));
  const cached = new Set<string>();
  network.on('Network.requestServedFromCache', ({ requestId }) => cached.add(requestId));
  network.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.fromDiskCache || cached.has(requestId)) return;
    fromNetwork.add(requestId);
    headers += response.encodedDataLength;
  });
  network.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    if (fromNetwork.has(requestId)) bodies += encodedDataLength;
  });
  const { complaints } = await openPlayground(page, url);
  expect(bodies).toBeGreaterThan(100_000);
  expect(headers + bodies).toBeLessThanOrEqual(500_000);
  expect([...hosts]).toEqual([new URL(url).host]);

  bodies = 0;
  fromNetwork.clear();
  await page.goto('about:blank');
  await openPlayground(page, url);
  expect(bodies).toBe(0);
  expect(fromNetwork.size, 'only the page itself is asked for, whether it changed').toBeLessThanOrEqual(1);
  expect(complaints).toEqual([]);
});

test('with keys alone: a subscription is typed, suggested, run, left open in its tab and stopped', async () => {
  await using page = await newPage();
  const { answers, status, open, complaints, text } = await openPlayground(page, url);
  const press = (key: string) => page.keyboard.press(key);
  const accept = async (name: RegExp) => {
    await page.getByRole('option', { name }).waitFor();
    const shownAt = Date.now();
    // for 75 ms a list that appears under somebody who types takes no key for itself
    await until(() => Date.now() - shownAt > 150);
    await press('Enter');
  };
  await page.getByRole('button', { name: 'New tab' }).focus();
  await press('Enter');
  await page.keyboard.type('subscription { watchAc');
  await accept(/^watchActivity/);
  await page.keyboard.type('(us');
  await accept(/^userId/);
  await page.keyboard.type(': "ada") { ty');
  await accept(/^type/);
  await page.keyboard.type(' actor');
  // the editor closes brackets by itself
  expect(await text()).toBe('subscription { watchActivity(userId: "ada") { type actor}}');
  await press('Control+Enter');
  await until(async () => (await status()) === 'live', { message: 'the subscription is live' });

  // back to the tabs, along to another one, and run what it holds
  await page.getByRole('tab', { selected: true }).focus();
  await press('ArrowRight');
  expect(await page.getByRole('tab', { selected: true }).innerText()).toBe('Subscribe');
  await page.getByRole('button', { name: 'New tab' }).press('Enter');
  await page.keyboard.insertText(start);
  await press('Control+Enter');
  await until(async () => (await status()) === 'done', { message: 'the mutation is answered' });
  await open('watchActivity');
  await until(async () => (await answers()).length === 1, { message: 'the event has come to the other tab' });
  expect((await answers())[0].data.watchActivity).toEqual({ type: 'video.watch_started', actor: null });
  await page.getByRole('button', { name: 'Stop' }).press('Enter');
  expect(await status()).toBe('stopped');
  await open('Watch');
  expect(complaints).toEqual([]);
});

test('a subscription outlives the api, and misses nothing meanwhile', async () => {
  await using page = await newPage();
  const { write, run, open, status, answers, told, complaints } = await openPlayground(page, url);
  await write(follow);
  await run();
  await until(async () => (await status()) === 'live', { message: 'the subscription is live' });
  await api.kill();
  await until(async () => (await status()) === 'catching up', { message: 'the loss is shown' });

  // somebody else's api serves on
  const other = world.spawn('api', { env: { PORT: '0' } });
  const { url: otherUrl } = await other.waitForLog('api.started', patient);
  const response = await fetch(String(otherUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: start }),
  });
  expect((await response.json()).errors).toBeUndefined();
  await write(start);
  await run();
  await until(async () => (await status()) === 'refused', { message: 'nobody answers a mutation' });
  expect(await told()).toContain('The api does not answer');
  expect(await told()).toContain('Whether the mutation was carried out is not known');

  api = startApi();
  await api.waitForLog('api.started', patient);
  await open('watchActivity');
  await until(async () => (await answers()).length === 1, {
    message: 'the event has arrived',
    timeoutMs: 30_000,
  });
  await until(async () => (await status()) === 'live', { message: 'it is live again', timeoutMs: 30_000 });
  expect((await answers())[0].data.watchActivity.type).toBe('video.watch_started');
  expect(complaints).toEqual([]);
});

test('a token signs in what goes over HTTP and over the socket, and is not left in the address', async () => {
  await using page = await newPage();
  const { write, run, ask, open, status, answers, complaints } = await openPlayground(
    page,
    `${url}#token=${await tokenOf('ada')}`,
  );
  expect(page.url()).toBe(url);
  await write(follow);
  await run();
  await until(async () => (await status()) === 'live', { message: 'the subscription is live' });
  await write(start);
  expect((await ask()).errors).toBeUndefined();
  await open('watchActivity');
  const events = async () => (await answers()).map(({ data }) => data.watchActivity.actor);
  await until(async () => (await events()).length === 1);
  expect(await events()).toEqual(['ada']);

  // somebody else signs in: the open subscription goes on as theirs, and misses nothing
  await page.getByLabel('Token').fill(`Bearer ${await tokenOf('bob')}`);
  await page.keyboard.press('Enter');
  await open('startWatching');
  expect((await ask()).errors).toBeUndefined();
  await open('watchActivity');
  await until(async () => (await events()).length === 2, { message: 'the event of bob has arrived' });
  expect(await events()).toEqual(['ada', 'bob']);

  await page.reload();
  expect(await page.getByLabel('Token').inputValue()).toBe(
    await page.evaluate(() => sessionStorage.getItem('aorta.token')),
  );
  expect(await page.getByLabel('Token').inputValue()).not.toBe('');
  expect(complaints).toEqual([]);
});

test('what is refused says why, in its tab', async () => {
  await using page = await newPage();
  const { write, run, ask, status, answers, told } = await openPlayground(page, `${url}#token=no-token`);
  await write(follow);
  await run();
  await until(async () => (await status()) === 'refused', { message: 'the socket is refused' });
  expect(await told()).toMatch(/token.*4403|4403.*token/i);
  await write(start);
  expect((await ask()).errors[0].extensions.code).toBe('UNAUTHENTICATED');

  await page.getByLabel('Token').fill('');
  await page.keyboard.press('Enter');
  await write('subscription { watchActivity { nothing } }');
  await run();
  await until(async () => (await status()) === 'refused', { message: 'the document is refused' });
  expect(await told()).toContain('Cannot query field "nothing"');
  await write('subscription { watchActivity(after: "nonsense") { type } }');
  await run();
  await until(async () => (await status()) !== 'connecting' && /refused|expired|ended/.test(await status()));
  expect(JSON.stringify([await answers(), await told().catch(() => '')])).toContain('CURSOR_INVALID');
});

test('tabs, what they hold and which one is open outlive a reload; the examples can be had back', async () => {
  await using page = await newPage();
  const first = await openPlayground(page, url);
  await first.write('{ head }');
  const { text, open } = await openPlayground(page, url);
  expect(await text()).toBe('{ head }');
  await page.getByRole('button', { name: 'Close this tab' }).click();
  await page.getByRole('button', { name: 'Examples' }).click();
  await open('Watch');
  expect(await text()).toContain('startWatching');
});

test('the schema can be read: types lead to their fields, and descriptions are shown', async () => {
  await using page = await newPage();
  await openPlayground(page, url);
  await page.getByRole('button', { name: 'Docs' }).press('Enter');
  await page.keyboard.type('eventFlow');
  const docs = page.getByRole('complementary');
  await docs.getByRole('button', { name: 'EventFlow', exact: true }).first().click();
  expect(await docs.innerText()).toContain('mermaid');
  expect(await docs.innerText()).toContain('What one request set off');
});
