/** What a stranger sends over a WebSocket ends that socket at most: never the api, and nobody else's subscription. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { encodeCursor } from '../../src/live/cursor.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import { request, type Subscription, subscribe } from '../support/graphql-client.ts';
import { open, openReady, type ProtocolSocket } from '../support/protocol-socket.ts';
import { answerIn, codesOf } from '../support/raw-socket.ts';
import type { RoleProcess } from '../support/role-process.ts';
import { until } from '../support/until.ts';
import { addVideos, createViewers } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let api: Api;
let honest: Subscription;

const everything = 'subscription { events { id } }';

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 1);
  const relay = world.spawn('relay');
  api = await startApi();
  await relay.waitForLog('lease.taken', { timeoutMs: 60_000 });
  honest = subscribe(api.url, everything);
  await until(() => honest.progress.length > 0);
});
afterAll(async () => {
  await honest?.close();
  await world[Symbol.asyncDispose]();
});

describe('an id of more than 512 characters', () => {
  test('that is used twice closes the socket with 4400 and the bound', async () => {
    const closed = await closeOf((socket) => {
      const message = subscribeMessage('é'.repeat(513));
      socket.send(message);
      socket.send(message);
    });
    expect(closed).toEqual({ code: 4400, reason: expect.stringContaining('512 characters') });
    await expectUnharmed();
  });

  test('of a mebibyte, or nearly, is refused before a keep-alive would hold it', async () => {
    const sockets = await Promise.all(Array.from({ length: 8 }, () => openReady(api.url)));
    for (const [index, socket] of sockets.entries()) {
      socket.sendText(subscribeMessage(`${index}${'x'.repeat(1_000_000)}`));
    }
    for (const socket of sockets) expect(await socket.closed()).toBe(4400);
    await expectUnharmed();
  });

  test('that a complete names is refused too', async () => {
    await using socket = await openReady(api.url);
    socket.send({ id: 'x'.repeat(513), type: 'complete' });
    expect(await socket.closed()).toBe(4400);
  });
});

test('an id of 512 characters works, also those that JSON writes as six each', async () => {
  await using socket = await openReady(api.url);
  const id = '\u0001'.repeat(512);
  socket.send({ id, type: 'subscribe', payload: { query: everything } });
  await socket.received(({ type }) => type === 'ping');
  await createViewers(world.database).start({ userId: 'ada', videoId: 'v0' });
  expect((await socket.received((message) => message.id === id)).type).toBe('next');
});

test('an id in use closes the socket with a reason that is cut between two characters', async () => {
  const id = '€'.repeat(512); // 1,536 bytes
  const closed = await closeOf((socket) => {
    socket.send(subscribeMessage(id));
    socket.send(subscribeMessage(id));
  });
  expect(closed.code).toBe(4409);
  expect(closed.reason).toMatch(/^Subscriber for €+$/);
  expect(Buffer.byteLength(closed.reason)).toBeLessThanOrEqual(123);
  await expectUnharmed();
});

describe('a message that nests deeper than 64 levels closes the socket with 4400 and the bound:', () => {
  const nested = (depth: number) => `${'{"1":'.repeat(depth)}1${'}'.repeat(depth)}`;
  test.each([
    ['a ping before the sign-in', `{"type":"ping","payload":${nested(150_000)}}`],
    ['a connection_init', `{"type":"connection_init","payload":${nested(150_000)}}`],
    ['a ping of lists', `{"type":"ping","payload":{"1":${'['.repeat(400_000)}${']'.repeat(400_000)}}}`],
    ['a ping that is only just too deep', `{"type":"ping","payload":${nested(64)}}`],
  ])('%s', async (_what, text) => {
    const closed = await closeOf((socket) => socket.send(text), { begin: false });
    expect(closed).toEqual({ code: 4400, reason: expect.stringMatching(/64 levels|16384 characters/) });
    await expectUnharmed();
  });

  test('variables of an operation', async () => {
    const payload = `{"query":"{ head }","variables":{"deep":${nested(150_000)}}}`;
    const closed = await closeOf((socket) =>
      socket.send(`{"id":"1","type":"subscribe","payload":${payload}}`),
    );
    expect(closed.code).toBe(4400);
    await expectUnharmed();
  });

  test('but brackets in a text are none', async () => {
    await using socket = await openReady(api.url);
    const payload = { text: `"${'[{\\'.repeat(200)}` };
    socket.send({ type: 'ping', payload });
    expect(await socket.received(({ type }) => type === 'pong')).toEqual({ type: 'pong', payload });
  });
});

describe('before the sign-in', () => {
  test('a message of more than 16 KiB closes the socket with 4400', async () => {
    const token = 'x'.repeat(20_000);
    const text = JSON.stringify({ type: 'connection_init', payload: { Authorization: token } });
    const closed = await closeOf((socket) => socket.send(text), { begin: false });
    expect(closed).toEqual({ code: 4400, reason: expect.stringContaining('16384') });
  });

  test('a token of 8 KiB is not too long', async () => {
    await using socket = await open(api.url);
    socket.send({ type: 'connection_init', payload: { Authorization: 'x'.repeat(8_192) } });
    await socket.received(({ type }) => type === 'connection_ack');
  });
});

test('a pong leaves out a payload of more than a kibibyte', async () => {
  await using socket = await openReady(api.url);
  socket.send({ type: 'ping', payload: { text: 'x'.repeat(2_000) } });
  expect(await socket.received(({ type }) => type === 'pong')).toEqual({ type: 'pong' });
});

test('a client that pings and reads nothing is owed one pong, not a million', async () => {
  await using socket = await openSilent(api.url);
  const count = 40_000;
  for (let sent = 0; sent < count; ) {
    for (const until = Math.min(count, sent + 2_000); sent < until; sent += 1) socket.ping();
    await socket.flushed();
  }
  socket.read();
  await until(() => socket.pongs > 0);
  // those that the system's buffers took are there too
  await until(async () => {
    const before = socket.pongs;
    await answered();
    return socket.pongs === before;
  });
  expect(socket.pongs).toBeLessThan(count);
  expect(socket.isOpen).toBe(true);
  await expectUnharmed();
});

test('the cursors of many subscriptions come in several pings, and none is left out', async () => {
  const quick = await startApi({ KEEP_ALIVE_MS: '4000' });
  await using socket = await openReady(quick.url);
  const ids = Array.from({ length: 900 }, (_, index) => `${index}`.padStart(512, '\u0001'));
  for (const id of ids) socket.send({ id, type: 'subscribe', payload: { query: everything } });
  const told = (from: number) => {
    socket.send({ type: 'pong' });
    return new Set(pingsIn(socket, from).flatMap(({ cursors }) => Object.keys(cursors))).size;
  };
  // at once, each in a ping of its own, and then with the keep-alives
  await until(() => told(0) === ids.length);
  const from = socket.messages.length;
  await until(() => told(from) === ids.length, { message: 'keep-alives tell each cursor' });
  for (const ping of pingsIn(socket, from)) {
    expect(JSON.stringify(ping).length, 'characters of a ping').toBeLessThan(400_000);
  }
});

test('subscriptions that are given up before they have begun count until they have', async () => {
  const limited = await startApi({ MAX_SUBSCRIPTIONS_PER_SOCKET: '10' });
  await using socket = await openReady(limited.url);
  // a cursor that another api may have given out: Redis is asked before the subscription begins
  const { epoch } = await readLogRow(world.database.pool);
  const extensions = { after: encodeCursor(epoch, 1_000_000_000) };
  world.redis.pause();
  try {
    for (let index = 0; index < 10; index += 1) {
      socket.send({ id: `${index}`, type: 'subscribe', payload: { query: everything, extensions } });
    }
    socket.send({ type: 'ping' });
    await socket.received(({ type }) => type === 'pong');
    for (let index = 0; index < 10; index += 1) socket.send({ id: `${index}`, type: 'complete' });
    socket.send({ id: 'more', type: 'subscribe', payload: { query: everything, extensions } });
    const refused = await socket.received(({ id }) => id === 'more');
    expect(codesOf(answerIn(refused))).toEqual(['TOO_MANY_SUBSCRIPTIONS']);
  } finally {
    world.redis.resume();
  }
  let tries = 0;
  await until(() => {
    tries += 1;
    socket.send({ id: `try ${tries}`, type: 'subscribe', payload: { query: everything } });
    return pingsIn(socket).some(({ cursors }) => Object.keys(cursors)[0]?.startsWith('try'));
  });
});

interface Ping {
  readonly cursors: Readonly<Record<string, string>>;
}

const pingsIn = (socket: ProtocolSocket, from = 0) =>
  socket.messages.slice(from).flatMap(({ type, payload }) => (type === 'ping' ? [payload as Ping] : []));

const subscribeMessage = (id: string) =>
  JSON.stringify({ id, type: 'subscribe', payload: { query: everything } });

/** How the server closes a socket on which this is done. */
async function closeOf(
  act: (socket: WebSocket) => void,
  { begin = true } = {},
): Promise<{ code: number; reason: string }> {
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })),
  );
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('open', resolve));
  if (begin) {
    socket.send('{"type":"connection_init"}');
    await new Promise((resolve) => socket.once('message', resolve));
  }
  act(socket);
  return closed;
}

/** The api has answered another client meanwhile. */
async function answered(): Promise<void> {
  const { data } = await request(api.url, '{ __typename }');
  expect(data.__typename).toBe('Query');
}

/** The api that was there at the start serves the subscription that was there at the start. */
async function expectUnharmed(): Promise<void> {
  const before = honest.results.length;
  await createViewers(world.database).start({ userId: 'ada', videoId: 'v0' });
  await until(() => honest.results.length > before, { message: 'the honest client goes on' });
  expect(honest.ended).toBe(false);
  expect(api.role.logs.filter(({ level }) => level >= 50)).toEqual([]);
}

interface Api {
  readonly role: RoleProcess;
  readonly url: string;
}

async function startApi(env: Readonly<Record<string, string>> = {}): Promise<Api> {
  const role = world.spawn('api', { env: { PORT: '0', ...env } });
  const { port } = await role.waitForLog('api.started', { timeoutMs: 60_000 });
  return { role, url: `http://127.0.0.1:${port}` };
}

/** A client that reads nothing until it is told to. */
async function openSilent(apiUrl: string) {
  const socket = new WebSocket(`${apiUrl.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  let pongs = 0;
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send('{"type":"connection_init"}');
  await new Promise((resolve) => socket.once('message', resolve));
  socket.on('message', (data) => {
    if (String(data).startsWith('{"type":"pong"')) pongs += 1;
  });
  socket.pause();
  const text = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(900) } });
  return {
    get pongs() {
      return pongs;
    },
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    ping: () => socket.send(text),
    flushed: () => until(() => socket.bufferedAmount === 0),
    read: () => socket.resume(),
    async [Symbol.asyncDispose]() {
      socket.terminate();
    },
  };
}
