import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTcpProxy } from '../../dev/tcp-proxy.ts';
import { request } from '../support/graphql-client.ts';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { createViewers } from '../support/viewers.ts';
import { createWorld } from '../support/world.ts';
import { listen } from './listen.ts';
import { createLiveWorld, documents, type LiveWorld } from './live-world.ts';

let live: LiveWorld;
let viewers: ReturnType<typeof createViewers>;

beforeAll(async () => {
  live = await createLiveWorld();
  viewers = createViewers(live.world.database);
});
afterAll(() => live[Symbol.asyncDispose]());

/** What is thrown and not caught until the work is done; the runner is not told. */
async function uncaughtDuring(work: () => Promise<void>): Promise<unknown[]> {
  const told = process.listeners('uncaughtException');
  const uncaught: unknown[] = [];
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => uncaught.push(error));
  try {
    await work();
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of told) process.on('uncaughtException', listener);
  }
  return uncaught;
}

test('a sink or a listener that throws harms nothing: its errors are uncaught, and everything goes on', async () => {
  const thrown = new Error('thrown by the caller');
  const fail = () => {
    throw thrown;
  };
  const uncaught = await uncaughtDuring(async () => {
    const client = live.newClient({ onProgress: fail, on: { message: fail, closed: fail } });
    client.on('ping', fail);
    const received: string[] = [];
    let closes = 0;
    client.on('closed', () => {
      closes += 1;
    });
    const other = listen(client, { query: documents.events });
    client.subscribe<{ events: { id: string } }>(
      { query: documents.events },
      {
        next(result) {
          received.push(result.data!.events.id);
          throw thrown;
        },
        progress: fail,
        error: fail,
        complete: fail,
      },
    );
    await other.untilStatus('live');
    await viewers.start({ userId: 'u0', videoId: 'v0' });
    await until(() => received.length === 1);
    await live.killApi();
    await other.untilStatus('catching up');
    await viewers.start({ userId: 'u0', videoId: 'v0' });
    await live.startApi();
    await until(() => received.length === 2 && other.results.length === 2);
    expect(other.ids()).toEqual(received);
    const before = closes;
    await client.dispose();
    await until(() => closes > before);
  });
  expect(uncaught.length).toBeGreaterThan(10);
  expect(new Set(uncaught)).toEqual(new Set([thrown]));
});

test('a url or connection parameters that cannot be had for a moment are asked for again', async () => {
  const notNow = new Error('not now');
  const failures: unknown[] = [];
  let asked = 0;
  const every3rd = <Value>(value: Value) => {
    asked += 1;
    if (asked % 3 !== 0) throw notNow;
    return value;
  };
  const client = live.newClient({
    url: () => every3rd(live.socketUrl),
    connectionParams: async () => every3rd({}),
    on: { error: (error) => failures.push(error) },
  });
  const subscription = listen(client, { query: documents.events });
  await subscription.untilStatus('live');
  await live.killApi();
  await subscription.untilStatus('catching up');
  await live.startApi();
  await subscription.untilStatus('live');
  expect(failures.length).toBeGreaterThanOrEqual(6);
  expect(new Set(failures)).toEqual(new Set([notNow]));
});

test('a subscription that the api cannot begin for now is begun again by itself', async () => {
  await using world = await createWorld();
  await using postgres = await startTcpProxy({ to: world.env.DATABASE_URL! });
  const api = world.spawn('api', { env: { DATABASE_URL: postgres.through(world.env.DATABASE_URL!) } });
  await api.waitForLog('api.started');
  const own = createViewers(world.database);
  await world.database.prisma.video.create({ data: { id: 'v0', title: 'Film', year: 1927, genres: [] } });
  await own.start({ userId: 'u0', videoId: 'v0' });
  await own.start({ userId: 'u0', videoId: 'v0' });
  // nothing is published yet, so that the api must ask PostgreSQL whether it gave this cursor out
  const { data } = await request(world.apiUrl, '{ head }');
  await own.start({ userId: 'u0', videoId: 'v0' });
  postgres.silence();
  postgres.cut();
  let refusals = 0;
  const client = live.newClient({
    url: `${world.apiUrl.replace('http', 'ws')}/graphql`,
    on: {
      message(message) {
        if (JSON.stringify(message).includes('UNAVAILABLE')) refusals += 1;
      },
    },
  });
  const subscription = listen(client, { query: documents.events, after: data.head });
  await until(() => refusals > 0);
  postgres.heal();
  postgres.cut();
  await subscription.untilStatus('live');
  await world.spawn('relay').waitForLog('lease.taken');
  await until(() => subscription.results.length > 0);
  expect(subscription.ids()).toEqual(idsOf((await readLog(world.database)).slice(2)));
  await client.dispose();
});

test.each(['while it is connected', 'while the api is away'])(
  'a program that disposes its client %s ends by itself',
  async (when) => {
    const url = when === 'while it is connected' ? live.socketUrl : 'ws://127.0.0.1:9/graphql';
    const program = `
      import { createAortaClient } from ${JSON.stringify(new URL('../../client/index.ts', import.meta.url))};
      const client = createAortaClient({ url: ${JSON.stringify(url)}, backoff: { baseMs: 600_000, maxMs: 600_000 } });
      const ready = Promise.withResolvers();
      client.on('connected', ready.resolve);
      client.on('closed', ready.resolve);
      client.subscribe({ query: '${documents.events}' }, { next() {}, error() {}, complete: () => console.log('completed') });
      await ready.promise;
      await client.dispose();`;
    const node = promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', program], {
      timeout: 300_000, // ends what hangs
    });
    expect((await node).stdout).toBe('completed\n');
  },
);
