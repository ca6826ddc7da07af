import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { type AortaClientOptions, AortaError } from '../../client/index.ts';
import { startTcpProxy, type TcpProxy } from '../../dev/tcp-proxy.ts';
import { request } from '../support/graphql-client.ts';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { createViewers, gatherAudience } from '../support/viewers.ts';
import { listen } from './listen.ts';
import { createLiveWorld, documents, type LiveWorld } from './live-world.ts';

const impatient = { keepAlive: 300, pongTimeout: 700 }; // ms; a silent socket is noticed after their sum

let live: LiveWorld;
/** What the clients connect through */
let proxy: TcpProxy;
let viewers: ReturnType<typeof createViewers>;

beforeAll(async () => {
  // its own keep-alives would let the api end what is slow
  live = await createLiveWorld({ KEEP_ALIVE_MS: '12000' });
  viewers = createViewers(live.world.database);
});
afterAll(() => live[Symbol.asyncDispose]());
beforeEach(async () => {
  proxy = await startTcpProxy({ to: live.world.apiUrl });
  return () => proxy.stop();
});

const logSince = async (before: number) => (await readLog(live.world.database)).slice(before);
const newestPublished = async () => {
  const { data } = await request(live.world.apiUrl, '{ events(last: 1) { edges { node { id } } } }');
  return data.events.edges[0]?.node.id;
};
const logLength = async () => (await readLog(live.world.database)).length;

describe.each([
  ['Node', globalThis.WebSocket],
  ['the package ws', WebSocket],
])('with the WebSocket of %s', (_whose, webSocketImpl) => {
  const newClient = (options: Partial<AortaClientOptions> = {}) => {
    const client = live.newClient({ url: proxy.through(live.socketUrl), webSocketImpl, ...options });
    onTestFinished(() => client.dispose());
    return client;
  };

  test('all subscriptions of a client share one socket, and each goes on when it is cut', async () => {
    const client = newClient();
    const before = await logLength();
    const everything = listen(client, { query: documents.events });
    const ofUsers = ['u0', 'u1'].map((userId) =>
      listen(client, { query: documents.ofUser, variables: { userId } }),
    );
    const signal = listen(client, { query: documents.viewership });
    const all = [everything, ...ofUsers, signal];
    for (const one of all) await one.untilStatus('live');
    expect(proxy.connections).toBe(1);

    await using audience = gatherAudience(live.world.database, { users: 3, paceMs: 10 });
    for (let cuts = 0; cuts < 5; cuts += 1) {
      const received = everything.results.length;
      await until(() => everything.results.length > received + 10);
      proxy.cut();
      await everything.untilStatus('catching up');
      for (const one of all) await one.untilStatus('live');
      await until(() => proxy.connections === 1);
    }
    await audience.stop();
    const log = await logSince(before);
    await until(() => everything.results.length >= log.length);
    expect(everything.ids()).toEqual(idsOf(log));
    for (const [index, ofUser] of ofUsers.entries()) {
      const activity = log.filter(
        ({ keys, type }) => keys.includes(`user:u${index}`) && !/heartbeat/.test(type),
      );
      await until(() => ofUser.results.length >= activity.length);
      expect(ofUser.ids('watchActivity')).toEqual(idsOf(activity));
    }
  });

  test('a socket that falls silent is replaced, and so is one that never opens', async () => {
    const client = newClient(impatient);
    const before = await logLength();
    const subscription = listen(client, { query: documents.events });
    await subscription.untilStatus('live');
    proxy.silence();
    await viewers.start({ userId: 'u0', videoId: 'v0' });
    // what connects now is accepted and never answered
    await until(() => proxy.connections >= 3, { message: 'the client goes on trying' });
    expect(subscription.status).toBe('catching up');
    proxy.heal();
    await subscription.untilStatus('live');
    await until(() => subscription.results.length > 0);
    await viewers.start({ userId: 'u0', videoId: 'v0' });
    await until(() => subscription.results.length > 1);
    expect(subscription.ids()).toEqual(idsOf(await logSince(before)));
  });

  test('what the old socket still brings is not mixed with what comes on the new one', async () => {
    const client = newClient();
    const before = await logLength();
    const subscription = listen(client, { query: documents.events });
    await subscription.untilStatus('live');
    proxy.slow(2_000);
    await viewers.start({ userId: 'u0', videoId: 'v0' });
    await until(async () => (await newestPublished()) === (await logSince(before))[0]!.id);
    // the event is on its way; what is sent from now on overtakes it
    proxy.heal();
    client.terminate();
    await subscription.untilStatus('live');
    await until(() => subscription.results.length > 0);
    await until(() => proxy.connections === 1, { message: 'the old socket has brought all' });
    await viewers.start({ userId: 'u0', videoId: 'v0' });
    await until(() => subscription.results.length > 1);
    expect(subscription.ids()).toEqual(idsOf(await logSince(before)));
  });

  test('a server that freezes and wakes up late costs nothing', async () => {
    const subscription = listen(newClient(impatient), { query: documents.events });
    const before = await logLength();
    await subscription.untilStatus('live');
    live.api.signal('SIGSTOP');
    for (let count = 0; count < 5; count += 1) await viewers.start({ userId: 'u0', videoId: 'v0' });
    await subscription.untilStatus('catching up');
    live.api.signal('SIGCONT');
    await subscription.untilStatus('live');
    await until(() => subscription.results.length >= 5);
    expect(subscription.ids()).toEqual(idsOf(await logSince(before)));
  });

  test('a subscription that is ended while its socket is lost does not come back', async () => {
    const client = newClient();
    const kept = listen(client, { query: documents.events });
    const ended = listen(client, { query: documents.viewership });
    await kept.untilStatus('live');
    await ended.untilStatus('live');
    await live.killApi();
    await kept.untilStatus('catching up');
    ended.stop();
    expect(ended.end).toBe('complete');
    const received = ended.results.length;
    await live.startApi();
    await kept.untilStatus('live');
    expect(await live.count('subscribers')).toBe(1);
    expect(ended.results).toHaveLength(received);
    kept.stop();
    await until(async () => (await live.count('sockets')) === 0);
  });

  test('a client that may not try for ever ends its subscriptions with an error', async () => {
    const client = newClient({ retryAttempts: 2 });
    const subscription = listen(client, { query: documents.events });
    await subscription.untilStatus('live');
    await live.killApi();
    await until(() => subscription.end);
    expect(subscription.end).toEqual({ error: expect.any(AortaError) });
    expect(subscription.end).toMatchObject({ error: { code: 'CONNECTION_CLOSED', closeCode: 1006 } });
    expect(subscription.status).toBe('refused');
    await live.startApi();
  });

  test('what the protocol calls fatal ends every subscription of the socket', async () => {
    const client = newClient({ generateID: () => 'the same' });
    const subscriptions = [0, 1].map(() => listen(client, { query: documents.events }));
    await until(() => subscriptions.every(({ end }) => end));
    expect(subscriptions.map(({ end }) => end)).toEqual(
      subscriptions.map(() => ({ error: expect.objectContaining({ closeCode: 4409, retryable: false }) })),
    );
  });

  test('disposing completes everything that runs, also while the api is away', async () => {
    const client = newClient();
    const subscription = listen(client, { query: documents.events });
    await subscription.untilStatus('live');
    await live.killApi();
    await subscription.untilStatus('catching up');
    const mutation = listen(client, { query: documents.start, variables: { userId: 'u0' } });
    await client.dispose();
    expect([subscription.end, mutation.end]).toEqual(['complete', 'complete']);
    await live.startApi();
    expect(await live.count('sockets')).toBe(0);
    expect(proxy.connections).toBe(0);
  });
});
