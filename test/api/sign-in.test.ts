import { randomUUID } from 'node:crypto';
import { decodeJwt, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openEventStream } from '../support/event-stream.ts';
import { readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { addVideos } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

const secret = 'a secret that is long enough for HS256';
const toleranceSeconds = 1;
const start = 'mutation { startWatching(userId: "ada", videoId: "v0") { id } }';
const follow = 'subscription { events { id actor } }';

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 1);
  const api = world.spawn('api', {
    env: { JWT_SECRET: secret, JWT_TOLERANCE_SECONDS: String(toleranceSeconds), KEEP_ALIVE_MS: '600000' },
  });
  const relay = world.spawn('relay');
  await Promise.all([api.waitForLog('api.started'), relay.waitForLog('lease.taken')]);
});
afterAll(() => world[Symbol.asyncDispose]());

test('what a viewer who is signed in does has them as its actor, over HTTP and over a socket', async () => {
  const [ada, bob] = [await tokenOf('ada'), await tokenOf('bob')];
  const { errors, extensions } = await post(start, ada);
  expect(errors).toBeUndefined();
  await using socket = await connect(bob);
  socket.send({ id: '1', type: 'subscribe', payload: { query: start } });
  const answer = await until(() => socket.messages.find(({ type }) => type === 'next'));

  const actorOf = async (correlationId: string) => {
    const { id } = (await readLog(world.database)).find((event) => event.correlationId === correlationId)!;
    const found = await world.database.pool.query('SELECT actor FROM outbox WHERE id = $1', [id]);
    return found.rows[0].actor;
  };
  expect(await actorOf(extensions.correlationId)).toBe('ada');
  expect(await actorOf(answer.payload.extensions.correlationId)).toBe('bob');
});

test('a token that does not hold is refused: with UNAUTHENTICATED over HTTP, and a socket is closed with 4403', async () => {
  const forged = await tokenOf('ada', { key: 'another secret that is long enough' });
  const refused = await post(start, forged);
  expect(refused.errors?.map((error: { extensions: { code: string } }) => error.extensions.code)).toEqual([
    'UNAUTHENTICATED',
  ]);
  await using socket = await connect(forged, 'closed');
  expect(socket.closed).toBe(4403);
});

test('without a token a viewer is nobody', async () => {
  expect((await post(start)).errors).toBeUndefined();
});

describe('a correlation id that a client has chosen', () => {
  const actorsIn = async (correlationId: string) => {
    const { rows } = await world.database.pool.query(
      "SELECT actor FROM outbox WHERE correlation_id = $1 AND type = 'video.watch_started' ORDER BY position",
      [correlationId],
    );
    return rows.map(({ actor }) => actor);
  };

  test('is taken for what is new and for what was the own, and never joins the flow of somebody else', async () => {
    const [ada, bob] = [await tokenOf('ada'), await tokenOf('bob')];
    const correlationId = randomUUID();
    const answered = [];
    for (const token of [ada, ada, bob, undefined]) {
      const { errors, extensions } = await post(start, token, correlationId);
      expect(errors).toBeUndefined();
      answered.push(extensions.correlationId);
    }
    expect(answered.map((id) => id === correlationId)).toEqual([true, true, false, false]);
    expect(await actorsIn(correlationId)).toEqual(['ada', 'ada']);
    expect(await actorsIn(answered[2])).toEqual(['bob']);
    expect(await actorsIn(answered[3])).toEqual([null]);
  });

  test('is taken once from those who are not signed in: nobody knows whose it is', async () => {
    const correlationId = randomUUID();
    const answered = [
      await post(start, undefined, correlationId),
      await post(start, undefined, correlationId),
    ];
    expect(answered.map(({ extensions }) => extensions.correlationId === correlationId)).toEqual([
      true,
      false,
    ]);
    expect(await actorsIn(correlationId)).toEqual([null]);
    expect((await post('{ head }', undefined, correlationId)).extensions).toEqual({ correlationId });
  });
});

test('a sign-in that ends takes its socket and its event stream with it: neither before its time nor at a keep-alive', async () => {
  const token = await tokenOf('ada', { seconds: 2 });
  await using socket = await connect(token);
  socket.send({ id: '1', type: 'subscribe', payload: { query: follow } });
  const ended = (await follows(token)).text().then((text) => ({ text, at: Date.now() }));
  await until(() => socket.closed === 4403);
  const over = (decodeJwt(token).exp! + toleranceSeconds) * 1_000;
  expect(socket.closedAt).toBeGreaterThanOrEqual(over);
  const { text, at } = await ended;
  expect(text).toMatch(/"code":"UNAUTHENTICATED".*\n\nevent: complete\n/);
  expect(at).toBeGreaterThanOrEqual(over);
});

test('a sign-in that holds for longer than a timer can wait is not cut off', async () => {
  const token = await tokenOf('ada', { seconds: 60 * 86_400 });
  await using socket = await connect(token);
  socket.send({ id: '1', type: 'subscribe', payload: { query: follow } });
  await using stream = openEventStream(world.apiUrl, follow, { authorization: `Bearer ${token}` });
  await until(() => stream.messages.length > 0);
  expect((await post(start, token)).errors).toBeUndefined();
  await Promise.all([stream.take(1), until(() => socket.messages.some(({ type }) => type === 'next'))]);
  expect({ closed: socket.closed, ended: stream.ended }).toEqual({ closed: undefined, ended: false });
});

describe.each<[name: string, claims: Record<string, unknown>, message: string]>([
  ['never ends', { exp: undefined }, 'it has no time of expiry (exp)'],
  ['ends in milliseconds', { exp: Date.now() + 60_000 }, 'in milliseconds (exp)'],
  ['was issued in the future', { iat: Math.floor(Date.now() / 1_000) + 3_600 }, 'in the future (iat)'],
  ['is for another application', { aud: 'another' }, 'it was issued for others (aud)'],
  ['has a subject that no database stores', { sub: 'ada\0' }, 'a character that cannot be stored'],
  ['has an enormous subject', { sub: 'a'.repeat(3_000) }, 'longer than 255 characters'],
])('a token that %s signs nobody in, and is told so', (_name, changed, message) => {
  const refusal = { message: expect.stringContaining(message), extensions: { code: 'UNAUTHENTICATED' } };

  test('over HTTP', async () => {
    expect((await post(start, await tokenOf('ada', { changed }))).errors).toMatchObject([refusal]);
  });
  test('over a socket', async () => {
    await using socket = await connect(await tokenOf('ada', { changed }), 'closed');
    expect([socket.closed, socket.reason]).toEqual([4403, expect.stringContaining(message)]);
  });
  test('over Server-Sent Events', async () => {
    const authorization = `Bearer ${await tokenOf('ada', { changed })}`;
    await using stream = openEventStream(world.apiUrl, follow, { authorization });
    expect((await stream.take(1))[0]!.errors).toMatchObject([refusal]);
  });
});

interface TokenOptions {
  readonly key?: string;
  readonly seconds?: number;
  readonly changed?: Record<string, unknown>;
}

function tokenOf(sub: string, { key = secret, seconds = 60, changed = {} }: TokenOptions = {}) {
  return new SignJWT({ sub, exp: Math.floor(Date.now() / 1_000) + seconds, ...changed })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(key));
}

const follows = (token: string) =>
  fetch(`${world.apiUrl}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query: follow }),
  });

async function post(query: string, token?: string, correlationId?: string) {
  const response = await fetch(`${world.apiUrl}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(correlationId === undefined ? {} : { 'x-correlation-id': correlationId }),
    },
    body: JSON.stringify({ query }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: what is answered is the claim of each test
  return (await response.json()) as any;
}

/** A socket that signs in when it begins, acknowledged or closed; it answers pings. */
async function connect(token: string, becomes: 'acknowledged' | 'closed' = 'acknowledged') {
  const socket = new WebSocket(`${world.apiUrl.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const messages: any[] = [];
  let closed: number | undefined;
  let reason: string | undefined;
  let closedAt = 0;
  const send = (message: object) => socket.send(JSON.stringify(message));
  socket.on('open', () => send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  socket.on('message', (data) => {
    const message = JSON.parse(String(data));
    messages.push(message);
    if (message.type === 'ping') send({ type: 'pong' });
  });
  socket.on('close', (code, text) => {
    closed = code;
    reason = String(text);
    closedAt = Date.now();
  });
  socket.on('error', () => {});
  await until(() => (becomes === 'closed' ? closed : messages.length > 0));
  return {
    messages,
    send,
    get closed() {
      return closed;
    },
    get reason() {
      return reason;
    },
    get closedAt() {
      return closedAt;
    },
    async [Symbol.asyncDispose]() {
      socket.terminate();
    },
  };
}
