/** What a client has given up is given up in PostgreSQL too, and those beside it are served all the while. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeCursor } from '../../../src/live/cursor.ts';
import { readLogRow } from '../../../src/outbox/log-row.ts';
import { readSink } from '../../../src/outbox/sinks.ts';
import { openEventStream } from '../../support/event-stream.ts';
import { request } from '../../support/graphql-client.ts';
import { answerIn, codesOf, openSocket } from '../../support/raw-socket.ts';
import { until } from '../../support/until.ts';
import { addVideos, createViewers } from '../../support/viewers.ts';
import { createWorld, type World } from '../../support/world.ts';
import { locked } from './locked.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
const timeoutMs = 60_000;

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 3);
  const viewers = createViewers(world.database);
  const relay = world.spawn('relay', { env: { STREAM_MAX_LENGTH: '10' } });
  await relay.waitForLog('lease.taken', { timeoutMs: 60_000 });
  for (let n = 0; n < 60; n += 1) await viewers.start({ userId: `u${n}`, videoId: 'v0' });
  await until(async () => (await readSink(world.database.pool, 'streams')).position >= 60, { timeoutMs });
  // so that what lies far back is read from the outbox: memory begins where the stream does
  await world
    .spawn('api', { env: { REQUEST_TIMEOUT_MS: '600000' } })
    .waitForLog('api.started', { timeoutMs: 60_000 });
});
afterAll(() => world[Symbol.asyncDispose]());

const reading = '{ video(id: "v1") { id } }';
const honest = async () => (await request(world.apiUrl, '{ badges(userId: "nobody") { name } }')).data;

interface Asked {
  /** One of its own, which asks a hundred times */
  readonly ask: () => Promise<{ giveUp(): unknown }>;
}

const transports: readonly (readonly [string, Asked])[] = [
  [
    'HTTP, hung up',
    {
      async ask() {
        const client = new AbortController();
        const query = `{ ${Array.from({ length: 100 }, (_, n) => `v${n}: video(id: "${n}") { id }`).join(' ')} }`;
        const asked = fetch(`${world.apiUrl}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
          signal: client.signal,
        }).catch(() => {});
        return {
          giveUp: () => {
            client.abort();
            return asked;
          },
        };
      },
    },
  ],
  [
    'WebSocket, completed',
    {
      async ask() {
        const socket = await openSocket(world.apiUrl);
        const ids = Array.from({ length: 90 }, (_, n) => `q${n}`);
        for (const id of ids) socket.send({ id, type: 'subscribe', payload: { query: reading } });
        return {
          giveUp: () => {
            for (const id of ids) socket.send({ id, type: 'complete' });
          },
        };
      },
    },
  ],
  [
    'WebSocket, closed',
    {
      async ask() {
        const socket = await openSocket(world.apiUrl);
        for (let n = 0; n < 90; n += 1) {
          socket.send({ id: `q${n}`, type: 'subscribe', payload: { query: reading } });
        }
        return { giveUp: () => socket[Symbol.asyncDispose]() };
      },
    },
  ],
];

describe('queries that wait for PostgreSQL and are given up are ended there:', () => {
  test.each(transports)('%s', async (_what, { ask }) => {
    await using lock = await locked(world.database, 'video');
    const asked = await ask();
    await until(() => lock.waiting(), { timeoutMs, message: 'a query waits' });
    expect(await honest(), 'others are answered beside it').toEqual({ badges: [] });
    const { data } = await request(world.apiUrl, 'mutation { openAccount(owner: "Ada") { owner } }');
    expect(data, 'nor does any mutation wait for reads').toEqual({ openAccount: { owner: 'Ada' } });
    await asked.giveUp();
    await until(async () => (await lock.waiting()) === 0, {
      timeoutMs,
      message: 'no statement of it is left',
    });
    expect(await honest()).toEqual({ badges: [] });
  });
});

const events = 'subscription ($after: Cursor!) { events(types: ["video.*"], after: $after) { id } }';
const ownEvents = 'subscription ($after: Cursor!) { watchActivity(userId: "u7", after: $after) { id } }';

describe('history that is read for a client which leaves is not read on:', () => {
  test.each([
    ['WebSocket', 'completed', events],
    ['WebSocket', 'closed', ownEvents],
    ['an event stream', 'left', events],
    ['an event stream', 'left', ownEvents],
  ] as const)('%s, %s: %s', async (transport, how, query) => {
    const { epoch } = await readLogRow(world.database.pool);
    const variables = { after: encodeCursor(epoch, 0) };
    await using lock = await locked(world.database, 'outbox');
    const isOfSubscriptions = () => lock.waiting(':subscriptions');
    const open = async () => {
      if (transport === 'an event stream') {
        const stream = openEventStream(world.apiUrl, query, { variables });
        return () => stream.close();
      }
      const socket = await openSocket(world.apiUrl);
      socket.send({ id: '1', type: 'subscribe', payload: { query, variables } as never });
      return () =>
        how === 'closed' ? socket[Symbol.asyncDispose]() : socket.send({ id: '1', type: 'complete' });
    };
    const leave = await open();
    await until(isOfSubscriptions, { timeoutMs, message: 'its history is being read' });
    expect(await honest(), 'others are answered beside it').toEqual({ badges: [] });
    await leave();
    await until(async () => (await isOfSubscriptions()) === 0, {
      timeoutMs,
      message: 'no statement of it is left',
    });
  });
});

test('a query whose time is over is answered so over HTTP and WebSocket, and ended in PostgreSQL', async () => {
  const api = world.spawn('api', { env: { PORT: '0', REQUEST_TIMEOUT_MS: '1000' } });
  const { port } = await api.waitForLog('api.started', { timeoutMs: 60_000 });
  const url = `http://127.0.0.1:${port}`;
  await using lock = await locked(world.database, 'video');
  const expected = {
    message: expect.stringContaining('longer than 1 s'),
    extensions: { code: 'UNAVAILABLE', retryable: true },
  };
  // the second one waits for the first, and leaves the queue
  const query = '{ a: video(id: "v1") { id } b: videos { edges { cursor } } c: __typename }';
  const { data, errors } = await request(url, query);
  expect(data, 'what did not take long is there').toBeNull();
  // of one field, or of both: whichever is told first ends the answer
  for (const error of errors ?? [undefined]) expect(error).toMatchObject(expected);
  await using socket = await openSocket(url);
  socket.send({ id: '1', type: 'subscribe', payload: { query: reading } });
  const answer = answerIn(await socket.received(({ id }) => id === '1'));
  expect(codesOf(answer)).toEqual(['UNAVAILABLE']);
  await until(async () => (await lock.waiting()) === 0, { timeoutMs, message: 'no statement of it is left' });
  expect(
    api.logs.filter(({ msg }) => msg === 'api.fault'),
    'it is no fault',
  ).toEqual([]);
});

test('a mutation that has begun comes to its end when its client hangs up', async () => {
  await using lock = await locked(world.database, 'watch_session');
  const client = new AbortController();
  const query = 'mutation { startWatching(userId: "gone", videoId: "v0") { id } }';
  const asked = fetch(`${world.apiUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: client.signal,
  }).catch(() => 'hung up');
  await until(() => lock.waiting(), { timeoutMs, message: 'the mutation waits' });
  client.abort();
  expect(await asked).toBe('hung up');
  // whatever hanging up ends has ended by the time of another answer
  await honest();
  expect(await lock.waiting()).toBe(1);
  await lock.release();
  const sessions = () => world.database.prisma.watchSession.count({ where: { userId: 'gone' } });
  await until(async () => (await sessions()) === 1, { timeoutMs, message: 'it was done' });
});

test('who resumes from far back hundreds of times lets others resume, read and write meanwhile', async () => {
  const { epoch } = await readLogRow(world.database.pool);
  const after = encodeCursor(epoch, 0);
  await using greedy = await openSocket(world.apiUrl);
  // each by a filter of its own, so that none shares what another reads
  const query =
    'subscription ($user: ID!, $after: Cursor!) { watchActivity(userId: $user, after: $after) { id } }';
  const many = 600;
  for (let n = 0; n < many; n += 1) {
    const variables = { user: `nobody${n}`, after };
    greedy.send({ id: `g${n}`, type: 'subscribe', payload: { query, variables } });
  }
  await using honestSocket = await openSocket(world.apiUrl);
  const own = { query, variables: { user: 'u7', after } };
  honestSocket.send({ id: 'own', type: 'subscribe', payload: own });
  await honestSocket.received(({ id, type }) => id === 'own' && type === 'next');
  expect(await honest()).toEqual({ badges: [] });
  const { data } = await request(world.apiUrl, 'mutation { openAccount(owner: "Grace") { owner } }');
  expect(data).toEqual({ openAccount: { owner: 'Grace' } });
  // and all of them come to an end too
  const caughtUp = () => {
    const pings = greedy.messages.filter(({ type }) => type === 'ping');
    const behind = new Map<string, boolean>();
    for (const { payload } of pings) {
      const { cursors = {}, catchingUp = [] } = payload as { cursors?: object; catchingUp?: string[] };
      for (const id of Object.keys(cursors)) behind.set(id, catchingUp.includes(id));
    }
    return [...behind.values()].filter((isBehind) => !isBehind).length;
  };
  await until(() => caughtUp() === many, { timeoutMs, message: () => `${caughtUp()} have caught up` });
});
