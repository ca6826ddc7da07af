/** An answer has a size that it cannot pass, over every transport; what was done is never told as if it had not been. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEventStream } from '../../support/event-stream.ts';
import { request } from '../../support/graphql-client.ts';
import { answerIn, openSocket } from '../../support/raw-socket.ts';
import { until } from '../../support/until.ts';
import { addVideos, createViewers } from '../../support/viewers.ts';
import { createWorld, type World } from '../../support/world.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
const maxBytes = 65_536;
let world: World;

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 1);
  await world.database.prisma.video.create({ data: { id: 'long', title: 'x'.repeat(3_000), genres: [] } });
  const api = world.spawn('api', { env: { MAX_ANSWER_BYTES: String(maxBytes) } });
  const relay = world.spawn('relay');
  await api.waitForLog('api.started', { timeoutMs: 60_000 });
  await relay.waitForLog('lease.taken', { timeoutMs: 60_000 });
});
afterAll(() => world[Symbol.asyncDispose]());

const aliases = (field: string, count = 1_000) =>
  Array.from({ length: count }, (_, n) => `x${n}: ${field}`).join(' ');
const tooLarge = {
  message: expect.stringContaining(`larger than ${maxBytes} bytes`),
  extensions: { code: 'BAD_USER_INPUT' },
};

test('a query gets an error in place of an answer that is too large, and the next one its answer', async () => {
  const large = `{ video(id: "long") { ${aliases('title')} } }`;
  const small = '{ video(id: "long") { id } }';
  expect(await request(world.apiUrl, large)).toMatchObject({
    data: null,
    errors: [tooLarge],
    extensions: { correlationId: expect.any(String) },
  });
  await using socket = await openSocket(world.apiUrl);
  socket.send({ id: 'large', type: 'subscribe', payload: { query: large } });
  expect(answerIn(await socket.received(({ id }) => id === 'large'))).toMatchObject({ errors: [tooLarge] });
  socket.send({ id: 'small', type: 'subscribe', payload: { query: small } });
  expect(answerIn(await socket.received(({ id }) => id === 'small'))).toMatchObject({
    data: { video: { id: 'long' } },
  });
});

test('a mutation whose answer is too large was done, and is told so', async () => {
  const titles = aliases('title', 30);
  const start = (name: string, user: string) =>
    `${name}: startWatching(userId: "${user}", videoId: "long") { video { ${titles} } }`;
  const sessions = (userId: string) => world.database.prisma.watchSession.count({ where: { userId } });
  const done = [{ ...tooLarge, extensions: { code: 'BAD_USER_INPUT', done: ['one', 'other'] } }];

  const answer = await request(world.apiUrl, `mutation { ${start('one', 'ada')} ${start('other', 'ada')} }`);
  expect(answer).toMatchObject({ data: null, errors: done });
  expect(await sessions('ada')).toBe(2);

  await using socket = await openSocket(world.apiUrl);
  const query = `mutation { ${start('one', 'bob')} ${start('other', 'bob')} }`;
  socket.send({ id: '1', type: 'subscribe', payload: { query } });
  expect(answerIn(await socket.received(({ id }) => id === '1'))).toMatchObject({ data: null, errors: done });
  expect(await sessions('bob')).toBe(2);
});

test('an item that is too large is an error with its cursor: the subscription goes on, and resumes after it', async () => {
  const large = `subscription { events { type ${aliases('payload')} } }`;
  const small = (after: unknown) => `subscription { events(after: "${after}") { aggregateId } }`;
  await using stream = openEventStream(world.apiUrl, large);
  await using socket = await openSocket(world.apiUrl);
  socket.send({ id: 'large', type: 'subscribe', payload: { query: large } });
  await socket.received(({ type }) => type === 'ping');
  await until(() => stream.lastId, { message: 'the stream has begun' });

  const viewers = createViewers(world.database);
  const first = await viewers.start({ userId: 'eve', videoId: 'v0' });
  const second = await viewers.start({ userId: 'eve', videoId: 'v0' });
  const items = [await stream.take(2), await itemsOf(socket, 'large', 2)];
  for (const [one, other] of items) {
    for (const item of [one, other]) {
      expect(item).toMatchObject({
        data: null,
        errors: [tooLarge],
        extensions: { cursor: expect.any(String), correlationId: 'viewers' },
      });
    }
    await using resumed = openEventStream(world.apiUrl, small(one!.extensions!.cursor));
    expect((await resumed.take(1)).map(({ data }) => data.events.aggregateId)).toEqual([second]);
  }
  expect(first).not.toBe(second);
});

test('a signal that is too large is an error too', async () => {
  await world.database.prisma.ranking.create({ data: { videoId: 'long', starts: 1 } });
  const query = `subscription { leaderboard { ${aliases('video { title }', 50)} } }`;
  await using stream = openEventStream(world.apiUrl, query);
  expect((await stream.take(1))[0]).toMatchObject({ data: null, errors: [tooLarge] });
});

test('a document that selects more than 2,000 fields is refused before anything of it is done', async () => {
  const titles = aliases('title', 50);
  const mutation = `mutation { ${Array.from({ length: 50 }, (_, n) => `m${n}: startWatching(userId: "many", videoId: "v0") { video { ${titles} } }`).join(' ')} }`;
  const spread = 'query { ...A ...A } fragment A on Query { ...B ...B }';
  const twice = Array.from({ length: 12 }, (_, n) => {
    const [name, next] = [String.fromCharCode(66 + n), String.fromCharCode(67 + n)];
    return `fragment ${name} on Query { ...${next} ...${next} }`;
  });
  const query = `${spread} ${twice.join(' ')} fragment N on Query { pipeline { outboxLag } }`;
  const refused = {
    message: expect.stringContaining('more than 2000 fields'),
    extensions: { code: 'BAD_USER_INPUT' },
  };
  await using socket = await openSocket(world.apiUrl);
  for (const [n, document] of [mutation, query].entries()) {
    expect((await request(world.apiUrl, document)).errors).toMatchObject([refused]);
    socket.send({ id: `${n}`, type: 'subscribe', payload: { query: document } });
    expect(answerIn(await socket.received(({ id }) => id === `${n}`)).errors).toMatchObject([refused]);
  }
  expect(await world.database.prisma.watchSession.count({ where: { userId: 'many' } })).toBe(0);
});

type Socket = Awaited<ReturnType<typeof openSocket>>;

async function itemsOf(socket: Socket, id: string, count: number) {
  const items = () => socket.messages.filter((message) => message.id === id && message.type === 'next');
  await until(() => items().length >= count, { message: `${count} items arrive` });
  return items().map(answerIn) as unknown as Awaited<ReturnType<ReturnType<typeof openEventStream>['take']>>;
}
