/** graphql-transport-ws as its PROTOCOL.md has it, spoken by hand: above all what happens to those who break it. */
import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { open, openReady } from '../support/protocol-socket.ts';
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

describe('a socket is closed', () => {
  test('at once: what was sent behind a bad message is not done', async () => {
    await using socket = await openReady(world.apiUrl);
    const query = 'mutation { startWatching(userId: "behind", videoId: "v0") { id } }';
    socket.sendText('hello');
    socket.send({ id: '1', type: 'subscribe', payload: { query } });
    expect(await socket.closed()).toBe(4400);
    // a request that came later is done: had that one been, it would show
    await using other = await openReady(world.apiUrl);
    await other.run('1', query.replace('behind', 'later'));
    expect(await world.database.prisma.watchSession.count({ where: { userId: 'behind' } })).toBe(0);
  });

  test.each([
    ['what is not JSON', 'hello'],
    ['nothing', ''],
    ['JSON that is not an object', '"connection_init"'],
    ['null', 'null'],
    ['a list', '[{"type":"connection_init"}]'],
    ['an object without a type', '{}'],
    ['a type that is not text', '{"type":1}'],
    ['a type that there is not', '{"type":"start"}'],
    ['a payload of connection_init that is not an object', '{"type":"connection_init","payload":"token"}'],
  ])('with 4400 when its first message is %s', async (_name, text) => {
    await using socket = await open(world.apiUrl);
    socket.sendText(text);
    expect(await socket.closed()).toBe(4400);
  });

  test.each([
    ['what is not JSON', '{"type":"subscribe"'],
    ['a type that there is not', '{"id":"1","type":"start","payload":{"query":"{ head }"}}'],
    ['a ping whose payload is not an object', '{"type":"ping","payload":1}'],
    ['a pong whose payload is not an object', '{"type":"pong","payload":[]}'],
    ['a subscribe without id', '{"type":"subscribe","payload":{"query":"{ head }"}}'],
    ['a subscribe whose id is not text', '{"id":1,"type":"subscribe","payload":{"query":"{ head }"}}'],
    ['a subscribe without payload', '{"id":"1","type":"subscribe"}'],
    ['a subscribe whose payload is not an object', '{"id":"1","type":"subscribe","payload":"{ head }"}'],
    ['a subscribe without query', '{"id":"1","type":"subscribe","payload":{}}'],
    ['a query that is not text', '{"id":"1","type":"subscribe","payload":{"query":{}}}'],
    [
      'variables that are not an object',
      '{"id":"1","type":"subscribe","payload":{"query":"{ head }","variables":"none"}}',
    ],
    [
      'an operation name that is not text',
      '{"id":"1","type":"subscribe","payload":{"query":"{ head }","operationName":1}}',
    ],
    [
      'extensions that are not an object',
      '{"id":"1","type":"subscribe","payload":{"query":"{ head }","extensions":"none"}}',
    ],
    ['a complete without id', '{"type":"complete"}'],
    ['a connection_ack, which only a server sends', '{"type":"connection_ack"}'],
    ['a next, which only a server sends', '{"id":"1","type":"next","payload":{"data":{}}}'],
    ['an error, which only a server sends', '{"id":"1","type":"error","payload":[{"message":"no"}]}'],
  ])('with 4400 after %s', async (_name, text) => {
    await using socket = await openReady(world.apiUrl);
    socket.sendText(text);
    expect(await socket.closed()).toBe(4400);
  });

  test('with 4400 after a binary frame that is no message', async () => {
    await using socket = await openReady(world.apiUrl);
    socket.sendBytes(Buffer.from([0xff, 0x00, 0x7b]));
    expect(await socket.closed()).toBe(4400);
  });

  test('with 4401 when it asks for an operation before it was acknowledged', async () => {
    await using socket = await open(world.apiUrl);
    socket.send({ id: '1', type: 'subscribe', payload: { query: video } });
    expect(await socket.closed()).toBe(4401);
    expect(socket.messages).toEqual([]);
  });

  test('with 4408 when it does not begin in time, whatever else it says', async () => {
    await using silent = await open(world.apiUrl);
    await using talking = await open(world.apiUrl);
    talking.send({ type: 'ping' });
    expect(await silent.closed()).toBe(4408);
    expect(await talking.closed()).toBe(4408);
  });

  test('with 4429 when it begins twice', async () => {
    await using socket = await openReady(world.apiUrl);
    socket.send({ type: 'connection_init' });
    expect(await socket.closed()).toBe(4429);
  });

  test('with 4429 when it begins twice in one breath', async () => {
    await using socket = await open(world.apiUrl);
    socket.send({ type: 'connection_init' });
    socket.send({ type: 'connection_init' });
    expect(await socket.closed()).toBe(4429);
  });

  test.each([
    ['another subscription', everything],
    ['a query', video],
  ])('with 4409 when the id of a subscription is used again for %s', async (_name, query) => {
    await using socket = await openReady(world.apiUrl);
    socket.send({ id: '1', type: 'subscribe', payload: { query: everything } });
    socket.send({ id: '1', type: 'subscribe', payload: { query } });
    expect(await socket.closed()).toBe(4409);
  });

  test('and nothing else is: others go on', async () => {
    await using bystander = await openReady(world.apiUrl);
    bystander.send({ id: 'by', type: 'subscribe', payload: { query: everything } });
    await bystander.received(({ type }) => type === 'ping');
    for (const text of ['hello', '{"type":"connection_init"}', '{"type":"next"}']) {
      await using socket = await openReady(world.apiUrl);
      socket.sendText(text);
      await socket.closed();
    }
    await createViewers(world.database).start({ userId: 'bystander', videoId: 'v0' });
    expect((await bystander.received(({ id }) => id === 'by')).type).toBe('next');
  });
});

describe('the subprotocol', () => {
  test.each([
    ['none', undefined],
    ['that of the older subscriptions-transport-ws', 'graphql-ws'],
    ['one that nobody knows', 'graphql-transport-ws-2'],
  ])('has to be asked for: with %s the socket is closed with 4406', async (_name, asked) => {
    expect(await closeCodeOf(asked)).toBe(4406);
  });

  test('is chosen from among others', async () => {
    await using socket = await openReady(world.apiUrl, ['graphql-ws', 'graphql-transport-ws']);
    expect(socket.protocol).toBe('graphql-transport-ws');
  });
});

describe('a ping', () => {
  test('is answered before a socket has begun, and after', async () => {
    await using socket = await open(world.apiUrl);
    socket.send({ type: 'ping' });
    await socket.received(({ type }) => type === 'pong');
    socket.send({ type: 'connection_init' });
    await socket.received(({ type }) => type === 'connection_ack');
    const before = socket.messages.length;
    socket.send({ type: 'ping' });
    await until(() => socket.messages.slice(before).some(({ type }) => type === 'pong'));
  });

  test('comes back with its payload', async () => {
    await using socket = await openReady(world.apiUrl);
    const payload = { at: 1, deep: { text: 'é😀' } };
    socket.send({ type: 'ping', payload });
    expect(await socket.received(({ type }) => type === 'pong')).toEqual({ type: 'pong', payload });
  });
});

describe('is ignored:', () => {
  test.each([
    ['a complete for an id that was never used', { id: 'none', type: 'complete' }],
    ['a pong that nobody asked for', { type: 'pong', payload: { sent: 'by itself' } }],
  ])('%s', async (_name, message) => {
    await using socket = await openReady(world.apiUrl);
    socket.send(message);
    expect((await socket.run('1', video)).map(({ type }) => type)).toEqual(['next', 'complete']);
  });

  test('a complete for what is over already', async () => {
    await using socket = await openReady(world.apiUrl);
    await socket.run('1', video);
    socket.send({ id: '1', type: 'complete' });
    expect((await socket.run('2', video)).map(({ type }) => type)).toEqual(['next', 'complete']);
  });
});

/** How the server closes a socket for which this subprotocol was asked; a WebSocket of ours would give up before it. */
async function closeCodeOf(subprotocol: string | undefined): Promise<number> {
  const request = httpRequest(`${world.apiUrl}/graphql`, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      ...(subprotocol === undefined ? {} : { 'sec-websocket-protocol': subprotocol }),
    },
  }).end();
  const [stream, head] = await new Promise<[Duplex, Buffer]>((resolve, reject) => {
    request.once('error', reject);
    request.once('upgrade', (_response, socket, first) => resolve([socket, first]));
  });
  let received = head;
  stream.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
  });
  try {
    await until(() => received.length >= 4, { message: 'a close frame arrives' });
    expect(received[0]).toBe(0x88);
    return received.readUInt16BE(2);
  } finally {
    stream.destroy();
  }
}
