import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import { type Answer, codesOf } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';
import { addVideos } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 2);
  const [api, relay] = [world.spawn('api'), world.spawn('relay')];
  await Promise.all([api.waitForLog('api.started'), relay.waitForLog('lease.taken')]);
});
afterAll(() => world[Symbol.asyncDispose]());

const start = 'mutation { startWatching(userId: "ada", videoId: "v0") { id } }';

describe('a refusal has the code', () => {
  test.each([
    ['NOT_FOUND', 'an unknown video', 'mutation { startWatching(userId: "ada", videoId: "none") { id } }'],
    ['NOT_FOUND', 'an unknown session', `mutation { heartbeat(sessionId: "${randomUUID()}") { id } }`],
    ['NOT_FOUND', 'a session id that is none', 'mutation { stopWatching(sessionId: "none") { id } }'],
    ['NOT_FOUND', 'an unknown consumer', 'mutation { pauseConsumer(consumer: "none") { paused } }'],
    ['BAD_USER_INPUT', 'an empty user id', 'mutation { startWatching(userId: "", videoId: "v0") { id } }'],
    [
      'BAD_USER_INPUT',
      'an unknown quality',
      'mutation { startWatching(userId: "a", videoId: "v0", quality: 8) { id } }',
    ],
    ['BAD_USER_INPUT', 'a pattern of types', '{ events(types: ["video"]) { edges { cursor } } }'],
    ['BAD_USER_INPUT', 'a pattern in the middle', '{ events(types: ["*.sent"]) { edges { cursor } } }'],
    ['BAD_USER_INPUT', 'first and last', '{ events(first: 1, last: 1) { edges { cursor } } }'],
    ['BAD_USER_INPUT', 'a page of nothing', '{ events(first: 0) { edges { cursor } } }'],
    ['BAD_USER_INPUT', 'a negative page', '{ events(last: -1) { edges { cursor } } }'],
    ['BAD_USER_INPUT', 'a page that is too long', '{ events(first: 100000) { edges { cursor } } }'],
    ['BAD_USER_INPUT', 'too many videos', '{ videos(first: 100000) { edges { cursor } } }'],
    ['BAD_USER_INPUT', 'a cursor of no video', '{ videos(after: "none") { edges { cursor } } }'],
    ['BAD_USER_INPUT', 'a redrive of everything', 'mutation { redrive }'],
    ['BAD_USER_INPUT', 'an unknown field', '{ none }'],
    ['BAD_USER_INPUT', 'a syntax error', '{'],
    ['CURSOR_INVALID', 'a cursor that is none', '{ events(after: "none") { edges { cursor } } }'],
    ['CURSOR_INVALID', 'a cursor before', '{ events(before: "none") { edges { cursor } } }'],
  ])('%s for %s', async (code, _name, query) => {
    const answer = await request(world.apiUrl, query);
    expect(codesOf(answer)).toEqual([code]);
    expect(answer.extensions.correlationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('SESSION_ENDED for whatever is asked of a session that was stopped', async () => {
    const { data } = await request(world.apiUrl, start);
    const { id } = data.startWatching;
    const stop = 'mutation ($id: ID!) { stopWatching(sessionId: $id) { endedAt } }';
    expect((await request(world.apiUrl, stop, { id })).errors).toBeUndefined();
    for (const query of [
      stop,
      'mutation ($id: ID!) { heartbeat(sessionId: $id) { id } }',
      'mutation ($id: ID!) { changeQuality(sessionId: $id, quality: UHD) { id } }',
    ]) {
      expect(codesOf(await request(world.apiUrl, query, { id }))).toEqual(['SESSION_ENDED']);
    }
  });

  test('IDEMPOTENCY_KEY_REUSED for a key that came with other arguments', async () => {
    const query = `mutation ($videoId: ID!) {
      startWatching(userId: "ada", videoId: $videoId, idempotencyKey: "key") { id } }`;
    const first = await request(world.apiUrl, query, { videoId: 'v0' });
    expect(await request(world.apiUrl, query, { videoId: 'v0' })).toMatchObject({ data: first.data });
    expect(codesOf(await request(world.apiUrl, query, { videoId: 'v1' }))).toEqual([
      'IDEMPOTENCY_KEY_REUSED',
    ]);
  });
});

describe('CURSOR_INVALID over every transport for', () => {
  const subscription = 'subscription ($after: Cursor) { events(after: $after) { id } }';
  const page = 'query ($after: Cursor) { events(after: $after) { edges { cursor } } }';

  async function expectInvalid(after: string, { asPageToo = true } = {}): Promise<void> {
    await using socket = subscribe(world.apiUrl, subscription, { after });
    await using stream = openEventStream(world.apiUrl, subscription, { variables: { after } });
    // a header cannot begin with a space, and an empty one says nothing
    const lastEventId = after.trim() || 'none';
    await using reconnected = openEventStream(world.apiUrl, subscription, { lastEventId });
    for (const results of [socket, stream, reconnected]) {
      const [refused] = await results.take(1);
      expect(codesOf(refused!)).toEqual(['CURSOR_INVALID']);
      await until(() => results.ended);
    }
    if (asPageToo) expect(codesOf(await request(world.apiUrl, page, { after }))).toEqual(['CURSOR_INVALID']);
  }

  const encode = (text: string) => Buffer.from(text).toString('base64url');
  const newestCursor = async () => {
    await request(world.apiUrl, start);
    return until(async () => {
      const { data } = await request(world.apiUrl, '{ events(last: 1) { edges { cursor } } }');
      return data.events.edges[0]?.cursor as string | undefined;
    });
  };
  const partsOf = (cursor: string) =>
    Buffer.from(cursor, 'base64url').toString().split(':') as [string, string];

  test('what is no cursor', async () => {
    const cursor = await newestCursor();
    const [epoch, position] = partsOf(cursor);
    for (const wrong of [
      '',
      'x',
      '0',
      `${cursor}=`,
      `${cursor.slice(0, 4)} ${cursor.slice(4)}`,
      cursor.slice(1),
    ])
      await expectInvalid(wrong);
    for (const wrong of [`${epoch}:-1`, `${epoch}:0${position}`, `${epoch}:1e3`, `${epoch}:`, position])
      await expectInvalid(encode(wrong));
  });

  test('the cursor of a log that was replaced', async () => {
    const [epoch, position] = partsOf(await newestCursor());
    const other = epoch.replaceAll(/./g, (digit) => (digit === '0' ? '1' : '0'));
    await expectInvalid(encode(`${other}:${position}`));
  });

  test('a cursor that is ahead of the log', async () => {
    const [epoch, position] = partsOf(await newestCursor());
    await expectInvalid(encode(`${epoch}:${Number(position) + 1_000}`), { asPageToo: false });
  });
});

describe('over HTTP', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${world.apiUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });

  test('a body larger than a mebibyte is refused with 413', async () => {
    const response = await post(JSON.stringify({ query: `{ head } #${'x'.repeat(1_048_576)}` }));
    expect(response.status).toBe(413);
    expect(codesOf((await response.json()) as object)).toEqual(['BAD_USER_INPUT']);
  });

  test("a body that a foreign page's form could send is refused with 415", async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      expect((await post('{"query":"{ head }"}', { 'content-type': type })).status).toBe(415);
    }
  });

  test('a mutation by GET is refused, whatever link leads to it', async () => {
    const url = `${world.apiUrl}/graphql?query=${encodeURIComponent(start)}`;
    const response = await fetch(url, { headers: { accept: 'application/json' } });
    expect(response.status).toBe(405);
  });

  test('every answer names its correlation id: the one that was given, or a new one', async () => {
    const correlationId = 'checkout-12345678';
    for (const query of ['{ head }', '{ none }', '{', 'mutation { redrive }']) {
      const given = await post(JSON.stringify({ query }), { 'x-correlation-id': correlationId });
      expect(await given.json()).toMatchObject({ extensions: { correlationId } });
    }
    const ids = await Promise.all(
      [0, 1].map(async () => (await request(world.apiUrl, '{ head }')).extensions.correlationId),
    );
    expect(new Set(ids).size).toBe(2);
  });

  test('a body that is no JSON, and one without a query, get a code and a correlation id', async () => {
    for (const body of ['{', '{}', '[]', '"text"']) {
      const answer = (await (await post(body)).json()) as Answer;
      expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
      expect(answer.extensions?.correlationId).toEqual(expect.any(String));
    }
  });

  test('what a request set off carries its correlation id', async () => {
    const correlationId = `request-${randomUUID()}`;
    await post(JSON.stringify({ query: start }), { 'x-correlation-id': correlationId });
    const query = `{ events(correlationId: "${correlationId}") { edges { node { type correlationId } } } }`;
    const edges = await until(async () => {
      const { data } = await request(world.apiUrl, query);
      return data.events.edges.length > 0 && data.events.edges;
    });
    expect(edges).toEqual([{ node: { type: 'video.watch_started', correlationId } }]);
  });
});

describe('a fault', () => {
  test('is masked as INTERNAL for clients, and logged with its cause once', async () => {
    await using broken = await createWorld();
    const api = broken.spawn('api');
    await api.waitForLog('api.started');
    await broken.database.pool.query('DROP TABLE badge');

    const answer = await request(broken.apiUrl, '{ badges(userId: "ada") { name } head }');
    expect(answer.errors).toMatchObject([
      { message: 'Something went wrong on our side.', path: ['badges'], extensions: { code: 'INTERNAL' } },
    ]);
    expect(JSON.stringify(answer)).not.toMatch(/prisma|public\.|does not exist|\.ts/i);
    expect(answer.extensions.correlationId).toEqual(expect.any(String));
    await api.waitForLog('api.fault', { where: ({ error }) => String(error).includes('badge') });
    expect(api.logs.filter(({ msg }) => msg === 'api.fault')).toHaveLength(1);
  });

  test('of a store that is away is UNAVAILABLE, which may be tried again', async () => {
    await using world = await createWorld();
    const [api, relay] = [world.spawn('api'), world.spawn('relay')];
    await Promise.all([api.waitForLog('api.started'), relay.waitForLog('lease.taken')]);
    await world.redis.kill();
    const answer = await request(world.apiUrl, '{ pipeline { outboxLag streams { length } } }');
    expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', retryable: true } }]);
  });
});
