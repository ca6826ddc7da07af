import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { addVideos } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

const secret = 'a secret that is long enough for HS256';
const start = 'mutation { startWatching(userId: "ada", videoId: "v0") { id } }';
const follow = 'subscription { events { id actor } }';

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 1);
  const api = world.spawn('api', { env: { JWT_SECRET: secret, KEEP_ALIVE_MS: '500' } });
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

test('a sign-in that ends takes its socket and its event stream with it', async () => {
  const token = await tokenOf('ada', { seconds: 2 });
  await using socket = await connect(token);
  socket.send({ id: '1', type: 'subscribe', payload: { query: follow } });
  const stream = await fetch(`${world.apiUrl}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query: follow }),
  });
  expect(await stream.text()).toMatch(/"code":"UNAUTHENTICATED".*\n\nevent: complete\n/);
  await until(() => socket.closed === 4403);
});

async function tokenOf(subject: string, { key = secret, seconds = 60 } = {}): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
    .sign(new TextEncoder().encode(key));
}

async function post(query: string, token?: string) {
  const response = await fetch(`${world.apiUrl}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
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
  const send = (message: object) => socket.send(JSON.stringify(message));
  socket.on('open', () => send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  socket.on('message', (data) => {
    const message = JSON.parse(String(data));
    messages.push(message);
    if (message.type === 'ping') send({ type: 'pong' });
  });
  socket.on('close', (code) => {
    closed = code;
  });
  socket.on('error', () => {});
  await until(() => (becomes === 'closed' ? closed : messages.length > 0));
  return {
    messages,
    send,
    get closed() {
      return closed;
    },
    async [Symbol.asyncDispose]() {
      socket.terminate();
    },
  };
}
