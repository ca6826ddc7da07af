import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chromium, startChromium } from '../../../dev/chromium.ts';
import { startTcpProxy, type TcpProxy } from '../../../dev/tcp-proxy.ts';
import { request } from '../../support/graphql-client.ts';
import { idsOf, readLog } from '../../support/log.ts';
import { until } from '../../support/until.ts';
import { addVideos, gatherAudience } from '../../support/viewers.ts';
import { createWorld, type World } from '../../support/world.ts';
import { type ExamplePage, openExample } from './example-page.ts';

/** Every make of client that a browser runs; all go through the same accidents. */
const clients = [
  'websocket.ts',
  'graphql-ws.ts',
  'urql.ts',
  'apollo.ts',
  'graphql-sse.ts',
  'event-source.ts',
] as const;
const silentAfterMs = 6_000; // for those that are told how long is too long; the api sends something every 2 s
const patience = { timeoutMs: 60_000 }; // the others notice a dead connection after 15 s

let world: World;
let proxy: TcpProxy;
let chromium: Chromium;
const pages = new Map<string, ExamplePage>();

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 4);
  proxy = await startTcpProxy({ to: world.apiUrl });
  const url = `http://127.0.0.1:${proxy.port}`;
  const startApi = async () => {
    const api = world.spawn('api', { env: { KEEP_ALIVE_MS: '2000', ALLOWED_ORIGINS: url } });
    await api.waitForLog('api.started', patience);
    return api;
  };
  const relay = world.spawn('relay');
  let api = await startApi();
  await relay.waitForLog('lease.taken', patience);
  chromium = await startChromium();
  const { context } = chromium;
  const { data } = await request(world.apiUrl, '{ head }');
  for (const name of clients)
    pages.set(
      name,
      await openExample(context, `client/examples/${name}`, url, url, data.head, String(silentAfterMs)),
    );
  const eachPage = async (work: (page: ExamplePage) => Promise<void>) => {
    for (const page of pages.values()) await work(page);
  };

  await using audience = gatherAudience(world.database, { users: 1, paceMs: 100 });
  const eventsFlow = async () => {
    const { started } = audience;
    await until(() => audience.started > started + 1, patience);
  };
  await everyClientGoesOn();

  await api.kill('SIGKILL');
  api = await startApi();
  await everyClientGoesOn();

  // stopped while the tabs are frozen
  await eachPage((page) => page.freeze());
  await api.kill('SIGTERM');
  api = await startApi();
  await eventsFlow();
  await eachPage((page) => page.thaw());
  await everyClientGoesOn();

  // offline, which a socket that was open does not notice: its packets go nowhere
  await context.setOffline(true);
  proxy.silence();
  await eventsFlow();
  proxy.heal();
  await context.setOffline(false);
  await everyClientGoesOn();

  proxy.silence(); // what is connected stays so, and never hears anything again
  proxy.heal();
  await everyClientGoesOn();
  await audience.stop();
}, 600_000);

afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await proxy.stop();
  await world[Symbol.asyncDispose]();
});

/** Settles once each client has received something that happened after the call. */
async function everyClientGoesOn(): Promise<void> {
  const known = new Set(idsOf(await readLog(world.database)));
  for (const [name, { events, said }] of pages) {
    await until(() => events.some(({ id }) => !known.has(id)), {
      ...patience,
      message: () => `${name} goes on; it said:\n${said.slice(-10).join('\n')}`,
    });
  }
}

test.each(clients)(
  '%s in a browser has every event once and in order: api killed or stopped, tab frozen, offline, connection dead',
  async (name) => {
    const { events, said } = pages.get(name)!;
    const log = await readLog(world.database);
    await until(() => events.at(-1)?.id === log.at(-1)!.id, {
      ...patience,
      message: () => `${name} has the last event; it said:\n${said.slice(-10).join('\n')}`,
    });
    expect(idsOf(events)).toEqual(idsOf(log));
  },
);
