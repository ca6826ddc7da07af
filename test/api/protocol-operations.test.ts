/** Operations over graphql-transport-ws as its PROTOCOL.md has them: what each is told, and that none harms another. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openReady } from '../support/protocol-socket.ts';
import { answerIn, codesOf, type Message } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';
import { addVideos, createViewers } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 1);
  const [api, relay] = [world.spawn('api'), world.spawn('relay')];
  await Promise.all([api.waitForLog('api.started'), relay.waitForLog('lease.taken')]);
});
afterAll(() => world[Symbol.asyncDispose]());

const everything = 'subscription { events { type aggregateId } }';
const video = '{ video(id: "v0") { id } }';
const start = `mutation ($userId: ID!) { startWatching(userId: $userId, videoId: "v0") { id } }`;

describe('an operation', () => {
  test('that is a query has one result and is complete', async () => {
    await using socket = await openReady(world.apiUrl);
    expect(await socket.run('1', video)).toMatchObject([
      { id: '1', type: 'next', payload: { data: { video: { id: 'v0' } } } },
      { id: '1', type: 'complete' },
    ]);
  });

  test('that is a mutation has its effect and one result, and is complete', async () => {
    await using socket = await openReady(world.apiUrl);
    const [next, complete] = await socket.run('1', start, { userId: 'by-socket' });
    expect(next).toMatchObject({
      type: 'next',
      payload: { data: { startWatching: { id: expect.any(String) } } },
    });
    expect(complete).toEqual({ id: '1', type: 'complete' });
    expect(await world.database.prisma.watchSession.count({ where: { userId: 'by-socket' } })).toBe(1);
  });

  test('that fails when it is executed tells so in its result, and is complete', async () => {
    await using socket = await openReady(world.apiUrl);
    const answers = await socket.run('1', 'mutation { heartbeat(sessionId: "none") { id } }');
    expect(answers.map(({ type }) => type)).toEqual(['next', 'complete']);
    expect(codesOf(answerIn(answers[0]!))).toEqual(['NOT_FOUND']);
  });

  test.each([
    ['a syntax error', 'subscription {', undefined],
    ['a type of operation that there is not', 'observe { events { id } }', undefined],
    ['a field that there is not', 'subscription { none }', undefined],
    ['an argument that there is not', 'subscription { events(none: 1) { id } }', undefined],
    ['a selection that is missing', 'subscription { events }', undefined],
    ['two root fields', 'subscription { events { id } viewership { at } }', undefined],
    ['a name that its document has not', 'query One { head }', 'Two'],
    ['no name where there are two', 'query One { head } query Two { head }', undefined],
    ['no operation at all', 'fragment Part on Video { id }', undefined],
  ])(
    'with %s ends with an error of its own, and its id is free again',
    async (_name, query, operationName) => {
      await using socket = await openReady(world.apiUrl);
      socket.send({ id: '1', type: 'subscribe', payload: { query, operationName: operationName ?? null } });
      const refused = await socket.received(({ id }) => id === '1');
      expect(refused.type).toBe('error');
      expect(codesOf(answerIn(refused))).toEqual(codesOf(answerIn(refused)).map(() => 'BAD_USER_INPUT'));
      expect((await socket.run('2', video)).map(({ type }) => type)).toEqual(['next', 'complete']);
      // the error was the last that was said of it
      expect(socket.of('1')).toHaveLength(1);
      await socket.run('1', video);
      expect(socket.of('1').map(({ type }) => type)).toEqual(['error', 'next', 'complete']);
    },
  );

  test('may leave out what may be left out, and name null for it', async () => {
    await using socket = await openReady(world.apiUrl);
    const payload = { query: video, operationName: null, variables: null, extensions: null };
    socket.send({ id: '1', type: 'subscribe', payload });
    await socket.received(({ type }) => type === 'complete');
    expect(socket.of('1').map(({ type }) => type)).toEqual(['next', 'complete']);
  });

  test.each(['"', '\\', 'é😀', '\n', '__proto__', 'constructor', '{"type":"next"}', 'x'.repeat(300)])(
    'is told from others by its id, also if that is %j',
    async (id) => {
      await using socket = await openReady(world.apiUrl);
      socket.send({ id, type: 'subscribe', payload: { query: everything } });
      socket.send({ id: `not ${id}`, type: 'subscribe', payload: { query: video } });
      await socket.received((message) => message.id === `not ${id}` && message.type === 'complete');
      // its progress is told at once: from here on it misses nothing
      await socket.received(({ type }) => type === 'ping');
      await createViewers(world.database).start({ userId: 'ada', videoId: 'v0' });
      const next = await socket.received((message) => message.id === id);
      expect(next).toMatchObject({
        id,
        type: 'next',
        payload: { data: { events: { type: expect.any(String) } } },
      });
    },
  );

  test('whose client has lost interest says nothing more', async () => {
    await using socket = await openReady(world.apiUrl);
    const viewers = createViewers(world.database);
    for (const id of ['left', 'stays']) {
      socket.send({ id, type: 'subscribe', payload: { query: everything } });
      await socket.received(({ type, payload }) => type === 'ping' && JSON.stringify(payload).includes(id));
    }
    await viewers.start({ userId: 'ada', videoId: 'v0' });
    await until(() => socket.of('left').length > 0 && socket.of('stays').length > 0);
    socket.send({ id: 'left', type: 'complete' });
    // its own answer shows that the complete was read
    await socket.run('after', video);
    const known = socket.of('left').length;
    const sessionId = await viewers.start({ userId: 'grace', videoId: 'v0' });
    await socket.received(({ id, payload }) => id === 'stays' && JSON.stringify(payload).includes(sessionId));
    expect(socket.of('left')).toHaveLength(known);
  });

  test('whose client has lost interest before there was a result has none', async () => {
    await using socket = await openReady(world.apiUrl);
    const lock = await world.database.pool.connect();
    try {
      await lock.query('BEGIN; LOCK TABLE video IN ACCESS EXCLUSIVE MODE');
      socket.send({ id: 'gone', type: 'subscribe', payload: { query: video } });
      socket.send({ id: 'gone', type: 'complete' });
      // messages are read in order
      socket.send({ type: 'ping' });
      await socket.received(({ type }) => type === 'pong');
      await lock.query('COMMIT');
    } finally {
      lock.release();
    }
    await socket.run('1', video);
    await socket.run('2', video);
    expect(socket.of('gone')).toEqual([]);
  });

  test('may have the id of one that is over', async () => {
    await using socket = await openReady(world.apiUrl);
    await socket.run('1', video);
    await socket.run('1', video);
    socket.send({ id: '1', type: 'subscribe', payload: { query: everything } });
    await socket.received(({ type }) => type === 'ping');
    socket.send({ id: '1', type: 'complete' });
    await socket.run('1', video);
    expect(socket.isOpen).toBe(true);
  });

  test('goes on while others on its socket are refused, fail, end, and come and go', async () => {
    await using socket = await openReady(world.apiUrl);
    socket.send({ id: 'good', type: 'subscribe', payload: { query: everything } });
    await socket.received(({ type }) => type === 'ping');
    const bad: [string, object?][] = [
      ['subscription {'],
      ['{ none }'],
      ['subscription { events(after: "none") { id } }'],
      ['subscription { events(types: ["video"]) { id } }'],
      ['subscription ($after: Cursor!) { events(after: $after) { id } }'],
      ['subscription ($after: Cursor!) { events(after: $after) { id } }', { after: 1 }],
      ['mutation { heartbeat(sessionId: "none") { id } }'],
      [start, {}],
      ['{ video(id: "none") { id } }'],
    ];
    const ended = ({ type }: Message) => type === 'complete' || type === 'error';
    for (const [index, [query, variables = {}]] of bad.entries()) {
      socket.send({ id: `bad-${index}`, type: 'subscribe', payload: { query, variables } });
      socket.send({ id: `left-${index}`, type: 'subscribe', payload: { query: everything } });
      socket.send({ id: `left-${index}`, type: 'complete' });
    }
    for (const index of bad.keys())
      await socket.received(({ id, ...rest }) => id === `bad-${index}` && ended(rest));
    const sessionId = await createViewers(world.database).start({ userId: 'ada', videoId: 'v0' });
    const tells = ({ payload }: Message) => JSON.stringify(payload).includes(sessionId);
    await socket.received((message) => message.id === 'good' && tells(message));
    expect(socket.of('good').filter(tells)).toHaveLength(1);
    expect(socket.isOpen).toBe(true);
  });
});
