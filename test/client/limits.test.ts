import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type AortaClientOptions, AortaError } from '../../client/index.ts';
import { startTcpProxy } from '../../dev/tcp-proxy.ts';
import { request } from '../support/graphql-client.ts';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { createViewers } from '../support/viewers.ts';
import { listen } from './listen.ts';
import { createLiveWorld, documents, type LiveWorld } from './live-world.ts';

interface Data {
  readonly events: { readonly id: string };
}

let live: LiveWorld;
let viewers: ReturnType<typeof createViewers>;
let origin: string;

beforeAll(async () => {
  live = await createLiveWorld();
  origin = (await request(live.world.apiUrl, '{ head }')).data.head;
  viewers = createViewers(live.world.database);
  for (let count = 0; count < 200; count += 1) await viewers.start({ userId: 'u0', videoId: 'v0' });
  const last = (await readLog(live.world.database)).at(-1)!.id;
  await until(async () => {
    const { data } = await request(live.world.apiUrl, '{ events(last: 1) { edges { node { id } } } }');
    return data.events.edges[0]?.node.id === last;
  });
}, 120_000);
afterAll(() => live[Symbol.asyncDispose]());

/** A client that counts the results which reach it. */
function newCountingClient(options: Partial<AortaClientOptions> = {}) {
  const arrived: unknown[] = [];
  const client = live.newClient({
    ...options,
    on: { message: (message) => message.type === 'next' && arrived.push(message.payload) },
  });
  onTestFinished(() => client.dispose());
  return { client, arrived };
}

test.each(['follow', 'iterate'] as const)(
  '`%s` lets the server wait while its consumer works, and goes on without a gap',
  async (way) => {
    const { client, arrived } = newCountingClient({ maxWaiting: 20 });
    const payload = { query: documents.events, extensions: { after: origin } };
    const taken: string[] = [];
    const results = way === 'follow' ? client.follow<Data>(payload) : client.iterate<Data>(payload);
    await until(() => arrived.length >= 20);
    await until(async () => (await live.count('subscribers')) === 0, { message: 'the server has let go' });
    const log = idsOf(await readLog(live.world.database));
    for await (const step of results) {
      const { data } = ('result' in step ? step.result : step) as { data?: Data };
      if (data) taken.push(data.events.id);
      if (taken.length === log.length) break;
    }
    expect(taken).toEqual(log);
  },
);

test('what a consumer that is at work keeps is bounded also when the server dies meanwhile', async () => {
  const { client } = newCountingClient({ maxWaiting: 20 });
  const steps = client.follow<Data>({ query: documents.events, extensions: { after: origin } });
  const taken: string[] = [];
  /** Takes until that many events were taken, or until a step tells only of the status. */
  const take = async (count: number) => {
    for (;;) {
      const { result } = (await steps.next()).value!;
      if (result?.data) taken.push(result.data.events.id);
      if (!result || taken.length === count) return;
    }
  };
  const log = idsOf(await readLog(live.world.database));
  await take(1);
  await live.killApi();
  await take(log.length);
  expect(taken.length).toBeLessThan(80); // what waited, and no more
  await live.startApi();
  while (taken.length < log.length) await take(log.length);
  expect(taken).toEqual(log);
}, 120_000);

test('of a signal the newest alone waits', async () => {
  const { client, arrived } = newCountingClient();
  const results = client.iterate({ query: 'subscription { pipeline { outboxLag consumers { lag } } }' });
  await until(() => arrived.length > 0);
  await until(async () => {
    await viewers.start({ userId: 'u1', videoId: 'v1' });
    return arrived.length > 3;
  });
  const { value } = await results.next();
  expect(arrived.indexOf(value)).toBeGreaterThanOrEqual(3);
  await results.return!();
});

test('aborting ends what runs, with the reason, for the server too', async () => {
  const { client } = newCountingClient();
  const abort = new AbortController();
  const { signal } = abort;
  const following = Array.fromAsync(client.follow({ query: documents.events }, { signal }));
  const subscription = listen(client, { query: documents.events });
  await subscription.untilStatus('live');
  await until(async () => (await live.count('subscribers')) === 2);
  abort.abort(new Error('the user has left'));
  await expect(following).rejects.toThrow('the user has left');
  await until(async () => (await live.count('subscribers')) === 1);
  await expect(client.request({ query: '{ head }' }, { signal })).rejects.toThrow('the user has left');
  expect(subscription.end).toBeUndefined();
});

test('a query or a mutation may have a limit of time, and tells whether asking again is safe', async () => {
  await using proxy = await startTcpProxy({ to: live.world.apiUrl });
  const { client } = newCountingClient({ url: proxy.through(live.socketUrl), requestTimeout: 1_000 });
  const subscription = listen(client, { query: documents.events });
  await subscription.untilStatus('live');
  proxy.silence();
  const start = { query: documents.start, variables: { userId: 'late' } };
  const failures = await Promise.allSettled([client.request({ query: '{ head }' }), client.request(start)]);
  const timedOut = (retryable: boolean) => ({
    status: 'rejected',
    reason: { code: 'TIMED_OUT', retryable },
  });
  expect(failures).toMatchObject([timedOut(true), timedOut(false)]);
  expect((failures[0] as PromiseRejectedResult).reason).toBeInstanceOf(AortaError);
});

test('a new socket that accepts nobody is given up after `connectTimeout`', async () => {
  await using proxy = await startTcpProxy({ to: live.world.apiUrl });
  proxy.silence();
  const { client } = newCountingClient({
    url: proxy.through(live.socketUrl),
    connectTimeout: 300,
    keepAlive: 600_000,
  });
  const subscription = listen(client, { query: documents.events });
  await until(() => subscription.progress.some(({ attempt }) => attempt === 2));
  expect(subscription.progress.at(-1)).toMatchObject({ status: 'catching up', reason: /300 ms/ });
  proxy.heal();
  await subscription.untilStatus('live');
});
