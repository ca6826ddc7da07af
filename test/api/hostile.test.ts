/** Clients who leave at the worst moment, or ask for too much: it is their own loss, and nobody else's. */
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiRole, startMeasuredServer } from '../../bench/live/measured-server.ts';
import { readHeapBytes } from '../../bench/slow/heap.ts';
import { encodeCursor } from '../../src/live/cursor.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import { openEventStream } from '../support/event-stream.ts';
import { request } from '../support/graphql-client.ts';
import { answerIn, codesOf, openSocket } from '../support/raw-socket.ts';
import type { RoleProcess } from '../support/role-process.ts';
import { until } from '../support/until.ts';
import { addVideos, createViewers } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 1);
  await createViewers(world.database).start({ userId: 'ada', videoId: 'v0' });
});
afterAll(() => world[Symbol.asyncDispose]());

const mebibyte = 1_048_576;
const badFrame = Buffer.from([0x81, 0x01, 0x41]); // a client's frames must be masked

describe('a handshake that is reset does not end the process:', () => {
  test.each([
    ['one to a path that there is not', '404', { path: '/elsewhere' }, undefined],
    [
      'one from a page of another origin',
      '403',
      { headers: ['Origin: https://elsewhere.example'] },
      undefined,
    ],
    ['one without the subprotocol, before a frame that is none', '101', {}, badFrame],
  ] as const)('%s', async (_what, status, handshake, then) => {
    await using api = await startApi();
    for (let count = 0; count < 10; count += 1) {
      await using client = await openConnection(api.url);
      client.write(upgrade(handshake));
      // before it is answered and after, in turn
      const answer = count % 2 === 0 ? undefined : await client.answer();
      if (then) client.write(then);
      client.reset();
      await expectAlive(api);
      if (answer !== undefined) expect(answer).toContain(`HTTP/1.1 ${status} `);
    }
  });

  test('one that comes when the api is stopping', async () => {
    await using api = await startApi();
    const clients = await Promise.all(Array.from({ length: 10 }, () => openConnection(api.url)));
    // begun before, so that they are not closed as idle
    const [start, rest] = [upgrade({}).slice(0, 30), upgrade({}).slice(30)];
    for (const client of clients) client.write(start);
    await expectAlive(api);
    api.role.signal('SIGTERM');
    await api.role.waitForLog('api.stopping');
    const answers: string[] = [];
    for (const [index, client] of clients.entries()) {
      client.write(rest);
      if (index % 2 === 1) answers.push(await client.answer());
      client.reset();
    }
    expect(await api.role.exited).toEqual({ code: 0, signal: null });
    expect(answers).toEqual(answers.map(() => expect.stringContaining('HTTP/1.1 503 ')));
  });
});

test('a handshake that was refused is over, also when its client stays', async () => {
  await using api = await startApi();
  await using client = await openConnection(api.url, { allowHalfOpen: true });
  client.write(upgrade({ path: '/elsewhere' }));
  expect(await client.answer()).toContain('HTTP/1.1 404 ');
  expect(await api.role.stop(), 'no connection keeps the process').toEqual({ code: 0, signal: null });
});

describe('an event stream whose client is gone before it begins leaves nothing:', () => {
  test('one that its client leaves', async () => {
    await using api = await startApi();
    const subscription = await cursorAhead();
    world.redis.pause();
    for (let count = 0; count < 10; count += 1) {
      await using client = await openConnection(api.url);
      client.write(count % 2 === 0 ? postOf(subscription) : getOf(subscription));
      await expectAlive(api);
      if (count < 5) client.reset();
    }
    await expectAlive(api);
    world.redis.resume();

    // asked for later, so that it begins when all others have begun
    await using last = openEventStream(api.url, subscription);
    await until(() => last.lastId);
    await until(async () => (await liveCounts(api)).subscribers === 1, {
      message: 'the last is the only subscription',
    });
    await last.close();
    await until(async () => (await liveCounts(api)).groups === 0);
    expect(await api.role.stop(), 'no timer keeps the process').toEqual({ code: 0, signal: null });
  });

  test('one that is cut when the api is stopping', async () => {
    await using api = await startApi();
    const subscription = await cursorAhead();
    const clients = await Promise.all(Array.from({ length: 5 }, () => openConnection(api.url)));
    await using last = await openConnection(api.url);
    // begun before, and asked for in full after the others were cut
    const post = postOf(subscription);
    last.write(post.slice(0, 30));
    world.redis.pause();
    for (const client of clients) client.write(post);
    await expectAlive(api);
    api.role.signal('SIGTERM');
    await Promise.all(clients.map((client) => client.closed()));
    world.redis.resume();
    last.write(post.slice(30));
    await last.received('id: ');
    last.reset();
    expect(await api.role.exited, 'no timer keeps the process').toEqual({ code: 0, signal: null });
  });
});

test('a document of more than 10,000 tokens is refused over HTTP, Server-Sent Events and WebSocket alike', async () => {
  await using api = await startApi();
  const long = documentOf(3_400);
  const refusal = { message: expect.stringMatching(/10000 tokens/), extensions: { code: 'BAD_USER_INPUT' } };
  expect(await request(api.url, long)).toEqual({
    errors: [expect.objectContaining(refusal)],
    extensions: expect.anything(),
  });

  await using stream = openEventStream(api.url, long);
  expect((await stream.take(1))[0]!.errors).toMatchObject([refusal]);

  await using socket = await openSocket(api.url);
  socket.send({ id: '1', type: 'subscribe', payload: { query: long } });
  expect((await socket.received(({ type }) => type === 'error')).payload).toMatchObject([refusal]);
});

test.each(['WebSocket', 'HTTP'])(
  'documents that differ each time do not pile up in memory, over %s',
  async (transport) => {
    await using api = await startMeasuredServer({ script: apiRole, args: ['api'], env: world.env });
    await using socket = await openSocket(world.apiUrl);
    const askOverWebSocket = async (query: string, name: string) => {
      socket.send({ id: name, type: 'subscribe', payload: { query } });
      await socket.received(({ id, type }) => id === name && type === 'complete');
    };
    const ask = (name: string) => {
      const query = `query ${name} ${documentOf(500)}`;
      return transport === 'HTTP' ? request(world.apiUrl, query) : askOverWebSocket(query, name);
    };
    await ask('First');
    const before = await readHeapBytes(api);
    for (let batch = 0; batch < 4; batch += 1) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => ask(`Batch${batch}Document${index}`)));
    }
    expect(((await readHeapBytes(api)) - before) / mebibyte).toBeLessThan(50);
  },
);

test('of the queries that one socket has under way, the 101st is refused, and the others are answered', async () => {
  await using api = await startApi();
  await using socket = await openSocket(api.url);
  const ask = (id: string) =>
    socket.send({ id, type: 'subscribe', payload: { query: '{ video(id: "v0") { id } }' } });
  const holder = await world.database.pool.connect();
  const ids = Array.from({ length: 100 }, (_, index) => `query-${index}`);
  try {
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE video');
    for (const id of ids) ask(id);
    ask('one more');
    const refused = await socket.received(({ id }) => id === 'one more');
    expect(refused.type).toBe('error');
    expect(codesOf(answerIn(refused))).toEqual(['UNAVAILABLE']);
    expect(socket.messages.filter(({ id }) => id?.startsWith('query-'))).toEqual([]);
    // subscriptions have a bound of their own
    socket.send({ id: 'live', type: 'subscribe', payload: { query: 'subscription { events { id } }' } });
    await socket.received(({ type }) => type === 'ping');
  } finally {
    holder.release(true); // with its transaction
  }
  await until(() =>
    ids.every((asked) => socket.messages.some(({ id, type }) => id === asked && type === 'complete')),
  );
  const answers = socket.messages.filter(({ id, type }) => id?.startsWith('query-') && type === 'next');
  expect(answers.map(({ payload }) => payload)).toEqual(
    ids.map(() => expect.objectContaining({ data: { video: { id: 'v0' } } })),
  );
  ask('another');
  expect((await socket.received(({ id }) => id === 'another')).type).toBe('next');
});

test('queries that a client gave up are ended, and make room for others', async () => {
  await using api = await startApi();
  await using socket = await openSocket(api.url);
  const holder = await world.database.pool.connect();
  const ids = Array.from({ length: 100 }, (_, index) => `query-${index}`);
  const ask = (id: string) =>
    socket.send({ id, type: 'subscribe', payload: { query: '{ video(id: "v0") { id } }' } });
  try {
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE video');
    for (const id of ids) ask(id);
    ask('full'); // is refused once each of them has begun: one that is given up before it begins does not count
    expect(codesOf(answerIn(await socket.received(({ id }) => id === 'full')))).toEqual(['UNAVAILABLE']);
    for (const id of ids) socket.send({ id, type: 'complete' });
    const waiting = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'video'::regclass";
    await until(async () => (await holder.query(waiting)).rowCount === 0, {
      message: 'none of them is left',
    });
  } finally {
    holder.release(true); // with its transaction
  }
  let tries = 0;
  await until(async () => {
    tries += 1;
    const next = `one more ${tries}`;
    ask(next);
    return (await socket.received(({ id }) => id === next)).type === 'next';
  });
});

/** A query of so many fields, none of which is like another. */
const documentOf = (fields: number) =>
  `{ ${Array.from({ length: fields }, (_, index) => `x${index}: __typename`).join(' ')} }`;

interface Api extends AsyncDisposable {
  readonly role: RoleProcess;
  readonly url: string;
}

/** One of the test's own, which a client may bring down. */
async function startApi(): Promise<Api> {
  const role = world.spawn('api', { env: { PORT: '0' } });
  const { port } = await role.waitForLog('api.started');
  return { role, url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => role[Symbol.asyncDispose]() };
}

/** The api answers; what was sent to it before has been seen by then. */
async function expectAlive({ url, role }: Api): Promise<void> {
  const answer = request(url, '{ __typename }').then(({ data }) => data.__typename);
  expect(await Promise.any([answer, role.exited]), 'the answer of an api that runs').toBe('Query');
}

/** A subscription from a cursor that another api may have given out: Redis is asked before it begins. */
async function cursorAhead(): Promise<string> {
  const { epoch } = await readLogRow(world.database.pool);
  return `subscription { events(after: "${encodeCursor(epoch, 1)}") { id } }`;
}

/** What `aorta_live` tells. */
async function liveCounts({ url }: Api): Promise<{ groups: number; subscribers: number }> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const countOf = (what: string) =>
    Number(new RegExp(`^aorta_live\\{what="${what}"\\} (\\d+)`, 'm').exec(metrics)![1]);
  return { groups: countOf('groups'), subscribers: countOf('subscribers') };
}

function upgrade({
  path = '/graphql',
  headers = [],
}: {
  path?: string;
  headers?: readonly string[];
}): string {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
    '\r\n',
  ].join('\r\n');
}

function postOf(query: string): string {
  const body = JSON.stringify({ query });
  const headers = ['Host: localhost', 'Accept: text/event-stream', 'Content-Type: application/json'];
  return ['POST /graphql HTTP/1.1', ...headers, `Content-Length: ${body.length}`, '', body].join('\r\n');
}

function getOf(query: string): string {
  const path = `/graphql?query=${encodeURIComponent(query)}`;
  return [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Accept: text/event-stream', '\r\n'].join('\r\n');
}

/** A client without manners: bytes as they are. Its end closes what it has not reset. */
async function openConnection(apiUrl: string, { allowHalfOpen = false } = {}) {
  const { hostname, port } = new URL(apiUrl);
  const socket: Socket = connect({ port: Number(port), host: hostname, allowHalfOpen });
  let text = '';
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    text += bytes;
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  return {
    write: (bytes: string | Buffer) => void socket.write(bytes),
    /** The head of what was answered: empty when the connection was closed instead. */
    async answer() {
      await until(() => text.includes('\r\n\r\n') || socket.closed, { message: 'an answer comes' });
      return text;
    },
    received: (wanted: string) =>
      until(() => text.includes(wanted), { message: () => `"${wanted}" comes; so far: ${text}` }),
    reset: () => void socket.resetAndDestroy(),
    closed: () => until(() => socket.closed, { message: 'the connection is closed' }),
    async [Symbol.asyncDispose]() {
      socket.end();
    },
  };
}
