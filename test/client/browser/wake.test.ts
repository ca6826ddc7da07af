import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Chromium, startChromium } from '../../../dev/chromium.ts';
import { startTcpProxy, type TcpProxy } from '../../../dev/tcp-proxy.ts';
import { until } from '../../support/until.ts';
import { createLiveWorld, type LiveWorld } from '../live-world.ts';
import { type ExamplePage, openExample } from './example-page.ts';

const patience = { timeoutMs: 40_000 };
const program = 'test/client/browser/patient-program.ts';

let live: LiveWorld;
let chromium: Chromium;
let proxy: TcpProxy;
let page: ExamplePage;

beforeAll(async () => {
  live = await createLiveWorld({ KEEP_ALIVE_MS: '600000' });
  chromium = await startChromium();
}, 200_000);
afterAll(async () => {
  await chromium?.[Symbol.asyncDispose]();
  await live?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  proxy = await startTcpProxy({ to: live.world.apiUrl });
  const url = `http://127.0.0.1:${proxy.port}`;
  page = await openExample(chromium.context, program, url, url);
  await untilSaid(0, { status: 'live' });
  return async () => {
    await page.close();
    await proxy.stop();
  };
});

/** Waits until the page has told this, after the first `from` that it said. */
async function untilSaid(from: number, wanted: object): Promise<void> {
  const isWanted = (line: string) =>
    Object.entries(wanted).every(([key, value]) =>
      line.includes(JSON.stringify({ [key]: value }).slice(1, -1)),
    );
  await until(() => page.said.slice(from).some(isWanted), {
    ...patience,
    message: () => `the page said ${JSON.stringify(wanted)}; it said:\n${page.said.join('\n')}`,
  });
}

const goOffAndOnline = async () => {
  await chromium.context.setOffline(true);
  await chromium.context.setOffline(false);
};
const freezeAndThaw = async () => {
  await page.freeze();
  await page.thaw();
};

test.each([
  ['online', goOffAndOnline],
  ['thawed', freezeAndThaw],
])('a page that is %s again connects at once, however long it had meant to wait', async (_what, wake) => {
  proxy.refuse();
  proxy.cut();
  await untilSaid(0, { attempt: 1 });
  proxy.heal();
  const before = page.said.length;
  await wake();
  await untilSaid(before, { status: 'live' });
});

test.each([
  ['online', goOffAndOnline],
  ['thawed', freezeAndThaw],
])(
  'a page that is %s again finds out at once that its socket is dead, and replaces it',
  async (_what, wake) => {
    proxy.silence();
    proxy.heal();
    const before = page.said.length;
    await wake();
    await untilSaid(before, { status: 'catching up' });
    await untilSaid(before, { status: 'live' });
  },
);

test('a page of an origin that is not allowed is refused in words, although browsers tell it no status', async () => {
  const foreign = `http://localhost:${new URL(live.world.apiUrl).port}`;
  await using other = await openExample(chromium.context, program, foreign, live.world.apiUrl, '20');
  await until(() => other.said.some((line) => line.includes('refused')), patience);
  expect(other.said.join('\n')).toMatch(/CONNECTION_REFUSED.*ALLOWED_ORIGINS/);
});
