import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { answerIn, codesOf, openSocket } from '../support/raw-socket.ts';
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

describe('one socket', () => {
  test('goes on when one of its operations has a syntax error, and when another asks for what there is not', async () => {
    await using socket = await openSocket(world.apiUrl);
    socket.send({ id: 'good', type: 'subscribe', payload: { query: 'subscription { events { id } }' } });
    await socket.received(({ type }) => type === 'ping');
    for (const [id, code, query] of [
      ['syntax', 'BAD_USER_INPUT', 'subscription {'],
      ['unknown', 'BAD_USER_INPUT', 'subscription { none }'],
      ['types', 'BAD_USER_INPUT', 'subscription { events(types: ["video"]) { id } }'],
      ['refused', 'CURSOR_INVALID', 'subscription { events(after: "none") { id } }'],
      ['two', 'BAD_USER_INPUT', 'subscription A { events { id } } subscription B { events { id } }'],
      ['variable', 'BAD_USER_INPUT', 'subscription ($after: Cursor!) { events(after: $after) { id } }'],
    ]) {
      socket.send({ id: id!, type: 'subscribe', payload: { query: query! } });
      const refused = await socket.received((message) => message.id === id);
      expect(codesOf(answerIn(refused))).toEqual([code]);
    }
    await createViewers(world.database).start({ userId: 'ada', videoId: 'v0' });
    expect((await socket.received(({ id }) => id === 'good')).type).toBe('next');
    expect(socket.closed).toBeUndefined();
  });

  test('has at most so many subscriptions', async () => {
    await using other = await createWorld();
    const api = other.spawn('api', { env: { MAX_SUBSCRIPTIONS_PER_SOCKET: '2' } });
    await api.waitForLog('api.started');
    await using socket = await openSocket(other.apiUrl);
    const open = (id: string) =>
      socket.send({ id, type: 'subscribe', payload: { query: 'subscription { events { id } }' } });
    for (const id of ['1', '2', '3']) open(id);
    const refused = await socket.received(({ id }) => id === '3');
    expect(codesOf(answerIn(refused))).toEqual(['TOO_MANY_SUBSCRIPTIONS']);
    // one that ends makes room for another
    socket.send({ id: '1', type: 'complete' });
    let attempts = 0;
    await until(() => {
      open(`more-${attempts++}`);
      return socket.messages.some(
        ({ type, payload }) => type === 'ping' && /more-/.test(JSON.stringify(payload)),
      );
    });
  });

  test('takes an id again at once after its operation was completed', async () => {
    await using socket = await openSocket(world.apiUrl);
    const query = 'subscription { events { id } }';
    for (let round = 0; round < 20; round += 1) {
      socket.send({ id: '1', type: 'subscribe', payload: { query } });
      socket.send({ id: '1', type: 'complete' });
    }
    socket.send({ id: '1', type: 'subscribe', payload: { query } });
    await socket.received(({ type }) => type === 'ping');
    await createViewers(world.database).start({ userId: 'ada', videoId: 'v0' });
    await socket.received(({ type }) => type === 'next');
    expect(socket.messages.filter(({ type }) => type === 'complete')).toEqual([]);
    expect(socket.messages.filter(({ type }) => type === 'next')).toHaveLength(1);
    expect(socket.closed).toBeUndefined();
  });

  test('goes on after the cursor that a subscribe message brings beside its document', async () => {
    await using socket = await openSocket(world.apiUrl);
    const query = 'subscription { events { cursor } }';
    socket.send({ id: 'first', type: 'subscribe', payload: { query } });
    const { payload: began } = await socket.received(({ type }) => type === 'ping');
    const after = (began as { cursors: Record<string, string> }).cursors.first!;
    await createViewers(world.database).start({ userId: 'ada', videoId: 'v0' });
    const live = await socket.received(({ id, type }) => id === 'first' && type === 'next');

    socket.send({ id: 'again', type: 'subscribe', payload: { query, extensions: { after } } });
    const resumed = await socket.received(({ id, type }) => id === 'again' && type === 'next');
    expect(answerIn(resumed)).toEqual(answerIn(live));
  });

  test('that says nothing is closed within two keep-alives, and leaves nothing behind', async () => {
    await using other = await createWorld();
    const api = other.spawn('api', { env: { KEEP_ALIVE_MS: '200' } });
    await api.waitForLog('api.started');
    await using socket = await openSocket(other.apiUrl);
    socket.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { events { id } }' } });
    // pings come and are never answered
    await until(() => socket.closed);
    expect(socket.messages.filter(({ type }) => type === 'ping').length).toBeLessThanOrEqual(3);
    await until(async () => {
      const metrics = await (await fetch(`${other.apiUrl}/metrics`)).text();
      return (
        /^aorta_live\{what="sockets"\} 0$/m.test(metrics) && /^aorta_live\{what="groups"\} 0$/m.test(metrics)
      );
    });
  });

  test('is closed when a message is larger than a mebibyte', async () => {
    await using socket = await openSocket(world.apiUrl);
    const query = `subscription { events { id } } #${'x'.repeat(1_048_576)}`;
    socket.send({ id: '1', type: 'subscribe', payload: { query } });
    await until(() => socket.closed);
    expect(socket.closed).toBe(1009);
  });

  test('is refused with 403 when a page of another origin opens it', async () => {
    const url = `${world.apiUrl.replace('http', 'ws')}/graphql`;
    const open = (origin: string) =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(url, 'graphql-transport-ws', { origin });
        socket.on('error', () => {});
        socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode!));
        socket.on('open', () => {
          resolve(101);
          socket.close();
        });
      });
    expect(await open('https://elsewhere.example')).toBe(403);
    expect(await open('null')).toBe(403);
    expect(await open(world.apiUrl)).toBe(101);
  });
});
