import { randomUUID } from 'node:crypto';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { upsertVideos } from '../../src/domains/streaming/catalogue.ts';
import { encodeCursor } from '../../src/live/cursor.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import { openEventStream } from '../support/event-stream.ts';
import { type GraphQLAnswer, request, subscribe } from '../support/graphql-client.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await upsertVideos(world.database.prisma, [
    { id: '1', title: 'Metropolis', year: 1927, genres: ['Drama'] },
  ]);
  const [api, relay] = [world.spawn('api'), world.spawn('relay')];
  await Promise.all([api.waitForLog('api.started'), relay.waitForLog('relay.incarnation')]);
});
afterAll(() => world[Symbol.asyncDispose]());

const start = `mutation ($videoId: ID! = "1", $key: String) {
  startWatching(userId: "ada", videoId: $videoId, idempotencyKey: $key) { id } }`;

const codeOf = (answer: GraphQLAnswer | undefined) => answer?.errors?.[0]?.extensions.code;

async function endedSession(): Promise<string> {
  const { data } = await request(world.apiUrl, start);
  const { id } = data.startWatching;
  await request(world.apiUrl, 'mutation ($id: ID!) { stopWatching(sessionId: $id) { id } }', { id });
  return id;
}

describe('a request that cannot be done is refused with its code', () => {
  const unknown = randomUUID();
  test.each([
    ['NOT_FOUND', start, { videoId: 'no-such-film' }],
    ['NOT_FOUND', `mutation { heartbeat(sessionId: "${unknown}") { id } }`, {}],
    ['NOT_FOUND', 'mutation { stopWatching(sessionId: "not-even-an-id") { id } }', {}],
    ['NOT_FOUND', 'mutation { pauseConsumer(consumer: "nobody") { paused } }', {}],
    ['BAD_USER_INPUT', 'mutation { startWatching(userId: "", videoId: "1") { id } }', {}],
    ['BAD_USER_INPUT', 'mutation { redrive }', {}],
    ['BAD_USER_INPUT', '{ events(types: ["Video Started"]) { edges { cursor } } }', {}],
    ['BAD_USER_INPUT', '{ events(first: 1, last: 1) { edges { cursor } } }', {}],
    ['BAD_USER_INPUT', '{ videos(first: 0) { edges { cursor } } }', {}],
    ['BAD_USER_INPUT', '{ noSuchField }', {}],
    ['BAD_USER_INPUT', '{ unclosed', {}],
    ['CURSOR_INVALID', '{ events(after: "nonsense") { edges { cursor } } }', {}],
  ])('%s: %s', async (code, query, variables) => {
    const answer = await request(world.apiUrl, query, variables);
    expect(codeOf(answer), JSON.stringify(answer)).toBe(code);
    expect(answer.extensions.correlationId).toMatch(/^[\w-]{8,}$/);
  });

  test('SESSION_ENDED: whatever is asked of a session that was stopped', async () => {
    const id = await endedSession();
    for (const command of [
      'heartbeat(sessionId: $id)',
      'stopWatching(sessionId: $id)',
      'changeQuality(sessionId: $id, quality: SD)',
    ]) {
      const answer = await request(world.apiUrl, `mutation ($id: ID!) { ${command} { id } }`, { id });
      expect(codeOf(answer), command).toBe('SESSION_ENDED');
    }
  });

  test('IDEMPOTENCY_KEY_REUSED: the same key with other arguments; with the same, the same answer', async () => {
    const key = randomUUID();
    const first = await request(world.apiUrl, start, { key });
    const again = await request(world.apiUrl, start, { key });
    expect(again.data).toEqual(first.data);
    const other = `mutation ($key: String) { startWatching(userId: "eve", videoId: "1", idempotencyKey: $key) { id } }`;
    expect(codeOf(await request(world.apiUrl, other, { key }))).toBe('IDEMPOTENCY_KEY_REUSED');
  });
});

describe('a subscription with a cursor that is none is refused with CURSOR_INVALID', () => {
  const query = 'subscription ($after: Cursor) { events(after: $after) { cursor } }';
  const cursors = async () => {
    const { epoch } = await readLogRow(world.database.pool);
    return {
      malformed: 'nonsense',
      'of another epoch': encodeCursor('000000000000', 1),
      'ahead of the log': encodeCursor(epoch, 1_000_000),
      'with something behind it': `${encodeCursor(epoch, 1)}=`,
    };
  };

  test('over WebSocket', async () => {
    for (const [what, after] of Object.entries(await cursors())) {
      await using subscription = subscribe(world.apiUrl, query, { after });
      const [answer] = await subscription.take(1);
      expect(codeOf(answer), what).toBe('CURSOR_INVALID');
      await until(() => subscription.ended);
    }
  });

  test('over Server-Sent Events, as variable and as Last-Event-ID', async () => {
    for (const [what, after] of Object.entries(await cursors())) {
      await using byVariable = openEventStream(world.apiUrl, query, { variables: { after } });
      expect(codeOf((await byVariable.take(1))[0]), what).toBe('CURSOR_INVALID');
      await using byHeader = openEventStream(world.apiUrl, query, { lastEventId: after });
      expect(codeOf((await byHeader.take(1))[0]), what).toBe('CURSOR_INVALID');
    }
  });
});

test('an operation with a syntax error never harms another on the same socket', async () => {
  const client = createClient({
    url: `${world.apiUrl.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  const received: unknown[] = [];
  const refused: unknown[] = [];
  client.subscribe(
    { query: 'subscription { watchActivity(userId: "ada") { type } }' },
    { next: (result) => void received.push(result), error: () => {}, complete: () => {} },
  );
  for (const query of ['subscription { watchActivity(', 'subscription { nothing }', '{ video(id: 1) }']) {
    client.subscribe(
      { query },
      {
        next: (result) => void refused.push(result),
        error: (error) => void refused.push(error),
        complete: () => {},
      },
    );
  }
  await until(() => refused.length === 3, { message: () => `three are refused: ${JSON.stringify(refused)}` });
  await until(async () => {
    await request(world.apiUrl, start);
    return received.length > 0;
  });
  await client.dispose();
});

describe('what no honest client sends is refused', () => {
  test('a body that is too large, or of a form', async () => {
    const post = (body: string, type: string) =>
      fetch(`${world.apiUrl}/graphql`, { method: 'POST', headers: { 'content-type': type }, body });
    expect((await post(JSON.stringify({ query: ' '.repeat(2_000_000) }), 'application/json')).status).toBe(
      413,
    );
    expect((await post('query={head}', 'application/x-www-form-urlencoded')).status).toBe(415);
  });

  test('a socket that a foreign page opens', async () => {
    const open = (origin: string) =>
      new Promise((resolve) => {
        const url = `${world.apiUrl.replace('http', 'ws')}/graphql`;
        const socket = new WebSocket(url, 'graphql-transport-ws', { origin });
        socket.once('open', () => resolve(socket.close()));
        socket.once('error', (error) => resolve(error.message));
      });
    expect(await open('https://elsewhere.example')).toContain('403');
    expect(await open(world.apiUrl)).toBeUndefined();
  });
});

test('a fault of ours is masked, and logged', async () => {
  await using broken = await createWorld();
  const api = broken.spawn('api');
  await api.waitForLog('api.started');
  await broken.database.pool.query('DROP TABLE ranking');
  const answer = await request(broken.apiUrl, '{ leaderboard { starts } }');
  expect(codeOf(answer)).toBe('INTERNAL');
  expect(JSON.stringify(answer)).not.toContain('ranking"');
  await api.waitForLog('api.fault', { where: (line) => String(line.error).includes('ranking') });
});
