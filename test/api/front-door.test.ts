/** Which hosts and which pages are let in: the same over every transport. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, exchange, type RawRequest } from '../support/raw-http.ts';
import { codesOf } from '../support/raw-socket.ts';
import type { RoleProcess } from '../support/role-process.ts';
import { createWorld, type World } from '../support/world.ts';

interface Api {
  readonly role: RoleProcess;
  readonly url: string;
}

let world: World;
let closed: Api; // as it comes
let open: Api; // with names and pages that are allowed
let free: Api; // for all pages

beforeAll(async () => {
  world = await createWorld();
  [closed, open, free] = await Promise.all([
    startApi({}),
    startApi({
      ALLOWED_ORIGINS: 'https://app.example, https://Other.example:8443/',
      ALLOWED_HOSTS: 'api, .svc.cluster.local',
      PUBLIC_URL: 'https://public.example',
    }),
    startApi({ ALLOWED_ORIGINS: '*' }),
  ]);
}, 180_000);
afterAll(() => world[Symbol.asyncDispose]());

const json = { 'content-type': 'application/json', accept: 'application/json' };
const subscription = `/graphql?query=${encodeURIComponent('subscription { events { id } }')}`;

const transports: readonly (readonly [string, RawRequest, number])[] = [
  ['a query by POST', { method: 'POST', headers: json, body: '{"query":"{ __typename }"}' }, 200],
  ['a query by GET', { path: '/graphql?query={__typename}' }, 200],
  [
    'a preflight',
    {
      method: 'OPTIONS',
      headers: {
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    },
    204,
  ],
  ['an event stream', { path: subscription, headers: { accept: 'text/event-stream' }, headOnly: true }, 200],
  [
    'a WebSocket',
    {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-protocol': 'graphql-transport-ws',
      },
    },
    101,
  ],
  ['the playground', { headers: { accept: 'text/html' }, headOnly: true }, 200],
];

describe.each(transports)('%s', (_name, request, granted) => {
  const send = (api: Api, headers: Record<string, string>) =>
    ask(api.url, { ...request, headers: { ...request.headers, ...headers } });
  const portOf = ({ url }: Api) => new URL(url).port;
  const readable = request.headOnly !== true;

  test('is granted without an Origin, and to a page of its own, by whichever address it was opened', async () => {
    expect((await send(closed, {})).status).toBe(granted);
    for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
      const host = `${name}:${portOf(closed)}`;
      expect((await send(closed, { host, origin: `http://${host}` })).status, host).toBe(granted);
    }
  });

  test('is refused to a page of another origin, in words, with a log line that names the setting', async () => {
    const answer = await send(closed, { origin: 'https://elsewhere.example' });
    expect(answer.status).toBe(403);
    if (readable) {
      expect(answer.body).toContain('ALLOWED_ORIGINS');
      expect(codesOf(JSON.parse(answer.body))).toEqual(['FORBIDDEN']);
    }
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    const line = await closed.role.waitForLog('api.origin_refused', {
      where: ({ origin }) => origin === 'https://elsewhere.example',
    });
    expect(line.allow).toContain('ALLOWED_ORIGINS=https://elsewhere.example');
    expect(line.allow).toContain('PUBLIC_URL');
  });

  test('is granted to the pages that are listed, with credentials, and to no other: not to "null" either', async () => {
    for (const origin of ['https://app.example', 'https://other.example:8443']) {
      const { status, headers } = await send(open, { origin });
      expect(status).toBe(granted);
      if (granted === 101) continue;
      expect(headers['access-control-allow-origin']).toBe(origin);
      expect(headers['access-control-allow-credentials']).toBe('true');
      expect(headers.vary).toContain('Origin');
    }
    for (const origin of [
      'null',
      'https://app.example:444',
      'http://app.example',
      'https://app.example.evil',
    ]) {
      const { status, headers } = await send(open, { origin });
      expect(status, origin).toBe(403);
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test('is granted to any page where * is allowed, without credentials', async () => {
    for (const origin of ['https://elsewhere.example', 'null']) {
      const { status, headers } = await send(free, { origin });
      expect(status).toBe(granted);
      if (granted === 101) continue;
      expect(headers['access-control-allow-origin']).toBe('*');
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
    }
  });

  test('is refused under a name that is not known, also when Origin and Host are the same (DNS rebinding)', async () => {
    const host = `rebound.example:${portOf(closed)}`;
    for (const headers of [{ host }, { host, origin: `http://${host}` }]) {
      const answer = await send(closed, headers);
      expect(answer.status).toBe(421);
      if (readable) expect(answer.body).toContain('ALLOWED_HOSTS');
    }
    const line = await closed.role.waitForLog('api.host_refused', { where: (entry) => entry.host === host });
    expect(line.allow).toContain('ALLOWED_HOSTS=rebound.example');
  });

  test('is granted under the names that are allowed, and to pages of the public address behind a proxy', async () => {
    for (const host of ['api', 'API:4000', 'blue.svc.cluster.local:80', 'public.example']) {
      expect((await send(open, { host })).status, host).toBe(granted);
    }
    // a proxy that passes the host on, and one that does not
    for (const host of ['public.example', `127.0.0.1:${portOf(open)}`]) {
      expect((await send(open, { host, origin: 'https://public.example' })).status, host).toBe(granted);
    }
    expect((await send(open, { host: 'notapi' })).status).toBe(421);
  });
});

test('a refused origin and a refused host have one line each, however often they come', async () => {
  for (let count = 0; count < 5; count += 1) {
    await ask(free.url, { headers: { host: 'again.example' } });
    await ask(open.url, { headers: { origin: 'https://again.example' } });
  }
  await ask(free.url, { headers: { host: 'last.example' } });
  await free.role.waitForLog('api.host_refused', { where: ({ host }) => host === 'last.example' });
  await ask(open.url, { headers: { origin: 'https://last.example' } });
  await open.role.waitForLog('api.origin_refused', {
    where: ({ origin }) => origin === 'https://last.example',
  });
  const lines = [...free.role.logs, ...open.role.logs];
  expect(lines.filter(({ host }) => host === 'again.example')).toHaveLength(1);
  expect(lines.filter(({ origin }) => origin === 'https://again.example')).toHaveLength(1);
});

describe('a request that cannot be read is answered with 400 and words, never with a stack:', () => {
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
  test.each([
    ['a Host with a space', 'GET /graphql?query={__typename} HTTP/1.1\r\nHost: a b\r\n'],
    ['half an address', 'GET /graphql?query={__typename} HTTP/1.1\r\nHost: [\r\n'],
    ['a port that is none', 'GET /graphql?query={__typename} HTTP/1.1\r\nHost: a:b\r\n'],
    ['a port that is too large', 'GET /graphql?query={__typename} HTTP/1.1\r\nHost: localhost:99999\r\n'],
    ['a user in the Host', 'GET /graphql?query={__typename} HTTP/1.1\r\nHost: a@localhost\r\n'],
    ['a path in the Host', 'GET /graphql?query={__typename} HTTP/1.1\r\nHost: localhost/graphql\r\n'],
    ['a Host with a percent sign', 'GET /graphql?query={__typename} HTTP/1.1\r\nHost: %\r\n'],
    ['an empty Host', 'GET /graphql?query={__typename} HTTP/1.1\r\nHost:\r\n'],
    ['two Hosts', 'GET /graphql?query={__typename} HTTP/1.1\r\nHost: localhost\r\nHost: a\r\n'],
    ['a path of two slashes', 'GET // HTTP/1.1\r\nHost: localhost\r\n'],
    ['a path that begins with two', 'GET //graphql HTTP/1.1\r\nHost: localhost\r\n'],
    ['an address in place of a path', 'GET http://[/graphql HTTP/1.1\r\nHost: localhost\r\n'],
    ['a star in place of a path', 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n'],
    [
      'variables that are no JSON',
      'GET /graphql?query={__typename}&variables={ HTTP/1.1\r\nHost: localhost\r\n',
    ],
    [
      'extensions that are no JSON',
      'GET /graphql?query={__typename}&extensions=[ HTTP/1.1\r\nHost: localhost\r\n',
    ],
    ['an upgrade for half an address', `GET /graphql HTTP/1.1\r\nHost: [\r\n${upgrade}`],
    ['an upgrade for two slashes', `GET //graphql HTTP/1.1\r\nHost: localhost\r\n${upgrade}`],
  ])('%s', async (_name, head) => {
    const answer = await exchange(closed.url, `${head}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).not.toMatch(/node_modules|\.[jt]s:\d|file:\/\/|TypeError/);
    expect(
      codesOf(JSON.parse(answer.split('\r\n\r\n', 2)[1]!.replace(/^[\da-f]+\r\n|\r\n0?$/gi, ''))),
    ).toEqual(['BAD_USER_INPUT']);
  });

  test('a method that the API does not know has 405', async () => {
    for (const method of ['TRACE', 'PATCH', 'PROPFIND']) {
      const answer = await ask(closed.url, { method });
      expect(answer.status, method).toBe(405);
      expect(answer.headers.allow).toBe('GET, POST, PUT, DELETE');
      expect(codesOf(JSON.parse(answer.body))).toEqual(['BAD_USER_INPUT']);
    }
  });

  test('and none of it is a fault of ours', () => {
    expect(closed.role.logs.filter(({ msg }) => msg === 'api.fault')).toEqual([]);
  });
});

test('a proxy that names the host with the path is understood', async () => {
  const answer = await exchange(
    closed.url,
    'GET http://localhost/graphql?query={__typename} HTTP/1.1\r\nHost: ignored.example\r\nConnection: close\r\n\r\n',
  );
  expect(answer).toContain('"__typename":"Query"');
});

async function startApi(env: Readonly<Record<string, string>>): Promise<Api> {
  const role = world.spawn('api', { env: { PORT: '0', ...env } });
  const { port } = await role.waitForLog('api.started');
  return { role, url: `http://127.0.0.1:${port}` };
}
