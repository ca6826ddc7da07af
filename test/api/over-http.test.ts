/** GraphQL over HTTP as its draft has it: bodies, media types and statuses. The audits ask for the rest. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { ask, type RawRequest } from '../support/raw-http.ts';
import { answerIn, codesOf, openSocket } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';
import { addVideos } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let keyless: string; // an api whose keys for tokens cannot be fetched

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 1);
  const api = world.spawn('api', { env: { JWT_SECRET: 'a secret that is long enough for HS256' } });
  const other = world.spawn('api', {
    env: { PORT: '0', JWKS_URL: 'http://127.0.0.1:9/jwks.json', JWT_AUDIENCE: 'aorta' },
  });
  await api.waitForLog('api.started');
  keyless = `http://127.0.0.1:${(await other.waitForLog('api.started')).port}`;
}, 180_000);
afterAll(() => world[Symbol.asyncDispose]());

const query = '{ __typename }';
const start = (userId: string) => `mutation { startWatching(userId: "${userId}", videoId: "v0") { id } }`;
const sessionsOf = (userId: string) => world.database.prisma.watchSession.count({ where: { userId } });
const bodyOf = (operation: string) => JSON.stringify({ query: operation });
const padded = (length: number) => bodyOf(`${query} #${'x'.repeat(length)}`);
const mebibyte = 1_048_576;

const post = (body: RawRequest['body'], headers: Record<string, string> = {}, apiUrl = world.apiUrl) =>
  ask(apiUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  });

describe('a body', () => {
  test('in chunks, of a length that was not said, is read', async () => {
    const answer = await post(['{"query":', '"{ __typename }"', '}']);
    expect(JSON.parse(answer.body).data).toEqual({ __typename: 'Query' });
  });

  test('in chunks is refused with 413 as soon as it is too long, though it never ends', async () => {
    const endless = (function* () {
      for (;;) yield Buffer.alloc(65_536, 0x20);
    })();
    const answer = await post(endless);
    expect(answer.status).toBe(413);
    expect(codesOf(JSON.parse(answer.body))).toEqual(['BAD_USER_INPUT']);
  });

  test.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('in %s is read', async (encoding, compress) => {
    const answer = await post(compress(bodyOf(query)), { 'content-encoding': encoding });
    expect(JSON.parse(answer.body).data).toEqual({ __typename: 'Query' });
  });

  test.each(['gzip', 'deflate', 'br'])(
    'that is not %s is refused with 400, also while more is to come',
    async (encoding) => {
      const endless = (function* () {
        for (;;) yield 'this is not compressed, and never ends ';
      })();
      for (const body of [bodyOf(query), endless]) {
        const answer = await post(body, { 'content-encoding': encoding });
        expect(answer.status).toBe(400);
        expect(codesOf(JSON.parse(answer.body))).toEqual(['BAD_USER_INPUT']);
      }
    },
  );

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])(
    'in %s is refused with 413 when it would be too long, however small it is',
    async (encoding, compress) => {
      const small = compress(padded(4 * mebibyte));
      expect(small.length).toBeLessThan(mebibyte);
      expect((await post(small, { 'content-encoding': encoding })).status).toBe(413);
    },
  );

  test('that is not in its encoding, or cut short, is refused with 400', async () => {
    const whole = gzipSync(padded(10_000));
    for (const body of [bodyOf(query), whole.subarray(0, whole.length - 12)]) {
      const answer = await post(body, { 'content-encoding': 'gzip' });
      expect(answer.status).toBe(400);
      expect(codesOf(JSON.parse(answer.body))).toEqual(['BAD_USER_INPUT']);
    }
  });

  test('in an encoding that is not known is refused with 415 and those that are', async () => {
    for (const encoding of ['zstd', 'compress', 'gzip, br', 'constructor']) {
      const answer = await post(bodyOf(query), { 'content-encoding': encoding });
      expect(answer.status, encoding).toBe(415);
      expect(answer.headers['accept-encoding']).toBe('gzip, deflate, br');
    }
  });

  test.each(['Application/JSON', 'application/json; Charset="UTF-8"', 'APPLICATION/JSON;charset=utf8'])(
    'as %s is read',
    async (type) => {
      const answer = await post(bodyOf(query), { 'content-type': type });
      expect(JSON.parse(answer.body).data).toEqual({ __typename: 'Query' });
    },
  );

  test.each([
    '',
    'text/plain',
    'TEXT/PLAIN; a=application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=latin1',
    'application/jsonx',
    'json',
  ])('as "%s" is refused with 415, and nothing is done', async (type) => {
    const answer = await post(bodyOf(start('simple')), { 'content-type': type });
    expect(answer.status).toBe(415);
    expect(codesOf(JSON.parse(answer.body))).toEqual(['BAD_USER_INPUT']);
    expect(await sessionsOf('simple')).toBe(0);
  });
});

const jsonType = 'application/json; charset=utf-8';
const responseType = 'application/graphql-response+json; charset=utf-8';
const streamType = 'text/event-stream; charset=utf-8';
const ofUrql =
  'application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed';
const ofApollo =
  'application/graphql-response+json,application/json;q=0.9,multipart/mixed;deferSpec=20220824';
const subscription = 'subscription { events { id } }';

describe('of what a client accepts', () => {
  test.each([
    ['*/*', jsonType],
    ['application/*', jsonType],
    [responseType, responseType],
    ['APPLICATION/JSON', jsonType],
    ['Application/GraphQL-Response+JSON; Charset=UTF-8', responseType],
    ['application/json;q=0.5, application/graphql-response+json', responseType],
    ['application/graphql-response+json;q=0.5, application/json', jsonType],
    ['application/json, application/graphql-response+json;q=0', jsonType],
    ['application/graphql-response+json, application/json', responseType],
    ['application/json, application/graphql-response+json', jsonType],
    ['text/event-stream, application/json;q=0.1', jsonType],
    ['text/event-stream, */*', jsonType],
    ['text/event-stream', streamType],
    ['TEXT/EVENT-STREAM', streamType],
    [ofUrql, responseType],
    [ofApollo, responseType],
  ])('"%s" gets a query and a mutation as %s', async (accept, expected) => {
    for (const operation of [query, start('accepting')]) {
      const answer = await post(bodyOf(operation), { accept });
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toBe(expected);
      expect(answer.headers.vary).toContain('Accept');
    }
  });

  test.each(['text/event-stream', 'Text/Event-Stream;q=0.1, application/json', '*/*', 'text/*', ofUrql])(
    '"%s" gets a subscription as an event stream',
    async (accept) => {
      const answer = await ask(world.apiUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: bodyOf(subscription),
        headOnly: true,
      });
      expect(answer.headers['content-type']).toBe(streamType);
    },
  );

  test('nothing that there is: 406 with words, and a mutation is not done', async () => {
    for (const accept of [
      'image/png',
      'application/json;q=0',
      'text/html',
      'multipart/mixed',
      'text/plain',
    ]) {
      const answer = await post(bodyOf(start('untold')), { accept });
      expect(answer.status, accept).toBe(406);
      expect(JSON.parse(answer.body).errors[0].message).toContain('application/json');
    }
    const refused = await post(bodyOf(subscription), { accept: 'application/json' });
    expect(refused.status).toBe(406);
    expect(JSON.parse(refused.body).errors[0].message).toContain('text/event-stream');
    expect(await sessionsOf('untold')).toBe(0);
  });
});

describe('a request that fails before it is executed has', () => {
  const bearer = (header: object) =>
    `Bearer ${[header, { sub: 'ada' }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.AAAA`;
  const refusals: readonly (readonly [string, number, string, () => ReturnType<typeof post>])[] = [
    ['an unknown field', 400, 'BAD_USER_INPUT', () => post(bodyOf('{ none }'), { accept: responseType })],
    ['a syntax error', 400, 'BAD_USER_INPUT', () => post(bodyOf('{'), { accept: responseType })],
    [
      'a variable that is missing',
      400,
      'BAD_USER_INPUT',
      () => post(bodyOf('query ($id: ID!) { video(id: $id) { id } }'), { accept: responseType }),
    ],
    [
      'a token that is none',
      401,
      'UNAUTHENTICATED',
      () => post(bodyOf(query), { accept: responseType, authorization: 'Bearer none' }),
    ],
    [
      'keys that cannot be fetched',
      503,
      'UNAVAILABLE',
      () => post(bodyOf(query), { accept: responseType, authorization: bearer({ alg: 'RS256' }) }, keyless),
    ],
  ];
  test.each(refusals)(
    'for %s status %i in application/graphql-response+json',
    async (_n, status, code, send) => {
      const answer = await send();
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toBe(responseType);
      expect(codesOf(JSON.parse(answer.body))).toEqual([code]);
      expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
    },
  );

  test('200 in application/json, as older clients need it', async () => {
    const answers = [
      await post(bodyOf('{ none }')),
      await post(bodyOf(query), { authorization: 'Bearer none' }),
      await post(bodyOf(query), { authorization: bearer({ alg: 'RS256' }) }, keyless),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.flatMap(({ body }) => codesOf(JSON.parse(body)))).toEqual([
      'BAD_USER_INPUT',
      'UNAUTHENTICATED',
      'UNAVAILABLE',
    ]);
  });

  test('200 when it was executed, whatever failed in it', async () => {
    const answer = await post(bodyOf('mutation { heartbeat(sessionId: "none") { id } }'), {
      accept: responseType,
    });
    expect(answer.status).toBe(200);
    expect(codesOf(JSON.parse(answer.body))).toEqual(['NOT_FOUND']);
  });
});

test('what the server keeps beside an error reaches no client, over any transport', async () => {
  const wrong = ['{ none }', '{', 'query A { head } query B { head }', 'mutation { redrive }'];
  const extensions: object[] = [];
  const add = ({ errors = [] }: { errors?: readonly { readonly extensions: object }[] }) => {
    expect(errors.length).toBeGreaterThan(0);
    extensions.push(...errors.map((error) => error.extensions));
  };
  await using socket = await openSocket(world.apiUrl);
  for (const [index, operation] of wrong.entries()) {
    for (const accept of [jsonType, responseType, 'image/png'])
      add(JSON.parse((await post(bodyOf(operation), { accept })).body));
    await using stream = openEventStream(world.apiUrl, operation);
    add((await stream.take(1))[0] as never);
    socket.send({ id: String(index), type: 'subscribe', payload: { query: operation } });
    add(answerIn(await socket.received(({ id }) => id === String(index))) as never);
  }
  add(JSON.parse((await post('{')).body));
  for (const extension of extensions) {
    expect(Object.keys(extension).sort()).toEqual(
      expect.not.arrayContaining(['http', 'originalError', 'unexpected']),
    );
  }
});

test('a mutation whose client would take an event stream as well is answered when the api stops', async () => {
  await using own = await createWorld();
  await addVideos(own.database, 1);
  const api = own.spawn('api', { env: { DRAIN_MS: '0' } });
  await api.waitForLog('api.started');
  const holder = await own.database.pool.connect();
  let answer: ReturnType<typeof post>;
  try {
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE watch_session');
    answer = post(bodyOf(start('stopping')), { accept: ofUrql }, own.apiUrl);
    await until(async () => {
      const waiting = await own.database.pool.query('SELECT 1 FROM pg_locks WHERE NOT granted');
      return waiting.rows.length > 0;
    });
    api.signal('SIGTERM');
    await api.waitForLog('api.stopping');
  } finally {
    holder.release(true); // with its transaction
  }
  const { status, headers, body } = await answer;
  expect({ status, connection: headers.connection }).toEqual({ status: 200, connection: 'close' });
  expect(JSON.parse(body).data.startWatching.id).toEqual(expect.any(String));
  expect(await api.exited).toEqual({ code: 0, signal: null });
}, 120_000);
