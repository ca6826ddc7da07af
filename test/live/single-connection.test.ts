/** graphql-sse's single connection mode, over real HTTP: with its own client, and by hand where a client would not. */
import { createClient } from 'graphql-sse';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../dev/free-port.ts';
import { request } from '../support/graphql-client.ts';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { addVideos, gatherAudience } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';
import { postTo, reserve, sharedStream, tokenHeader } from './shared-stream.ts';

const secret = 'a secret that is long enough for HS256';
const start = 'mutation { startWatching(userId: "ada", videoId: "v0") { id } }';
const follow = 'subscription { events { id } }';
const liveCount = async (what: string) => {
  const metrics = await (await fetch(`${world.apiUrl}/metrics`)).text();
  return Number(new RegExp(`^aorta_live\\{what="${what}"\\} (\\d+)`, 'm').exec(metrics)![1]);
};

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 4);
  const env = {
    JWT_SECRET: secret,
    KEEP_ALIVE_MS: '200',
    MAX_SUBSCRIPTIONS_PER_SOCKET: '8',
    JWT_TOLERANCE_SECONDS: '1',
  };
  const [api, relay] = [world.spawn('api', { env }), world.spawn('relay')];
  await Promise.all([api.waitForLog('api.started'), relay.waitForLog('lease.taken')]);
});
afterAll(() => world[Symbol.asyncDispose]());

test.each([true, false])(
  "graphql-sse's own client follows events, asks and changes (single connection: %s)",
  async (singleConnection) => {
    const client = createClient({
      url: `${world.apiUrl}/graphql`,
      singleConnection,
      retryAttempts: 0,
    } as never);
    const iterators = Array.from({ length: 7 }, () =>
      client.iterate<{ events: { id: string } }>({ query: follow }),
    );
    const received = iterators.map((): string[] => []);
    const reading = iterators.map(async (iterator, index) => {
      for await (const { data } of iterator) received[index]!.push(data!.events.id);
    });
    // longer than some keep-alives, which its parser must take
    await until(async () => (await liveCount('subscribers')) === 7);
    const changed = await client.iterate({ query: start }).next();
    expect(changed.value).toMatchObject({ data: { startWatching: { id: expect.any(String) } } });
    const { value } = await client
      .iterate({ query: '{ videos(first: 1) { edges { node { id } } } }' })
      .next();
    expect(value).toMatchObject({ data: { videos: { edges: [{}] } } });
    await until(() => received.every((ids) => ids.length > 0));
    const newest = idsOf(await readLog(world.database)).at(-1);
    await until(() => received.every((ids) => ids.at(-1) === newest));
    await Promise.all(iterators.map((iterator) => iterator.return!()));
    await until(async () => (await liveCount('subscribers')) === 0);
    client.dispose();
    await Promise.allSettled(reading);
  },
);

test('operations on one stream resume by their cursors, and pings tell how far each is', async () => {
  await using audience = gatherAudience(world.database, { users: 1 });
  await using first = await sharedStream(world.apiUrl, { inAddress: true });
  await first.post('a', follow);
  await until(() => first.results('a').length >= 3);
  const cursor = first.results('a')[2]!.extensions.cursor;
  await first.close();

  await using second = await sharedStream(world.apiUrl, { inAddress: true });
  expect(await second.post('a', follow, { after: cursor })).toBe(202);
  expect(await second.post('__proto__', 'subscription { viewership { concurrentViewers } }')).toBe(202);
  expect(await second.post('c', follow, { after: cursor })).toBe(202);
  await audience.stop();
  const log = idsOf(await readLog(world.database));
  const seen = log.indexOf(first.results('a')[2]!.data.events.id) + 1;
  const idsFor = (id: string) => second.results(id).map(({ data }) => data.events.id);
  for (const id of ['a', 'c']) {
    await until(() => idsFor(id).length >= log.length - seen);
    expect(idsFor(id)).toEqual(log.slice(seen));
  }
  const head = second.results('a').at(-1)!.extensions.cursor;
  await until(() => second.pings.some(({ cursors }) => cursors.a === head && cursors.c === head));
  expect(second.pings.at(-1)).not.toHaveProperty('catchingUp');
});

test('a stream tells nobody of pings who reads it by a header, as graphql-sse does not know them', async () => {
  await using stream = await sharedStream(world.apiUrl);
  await stream.post('a', follow);
  await until(() => stream.comments >= 3);
  expect(stream.pings).toEqual([]);
});

test('an operation is stopped, its id is free again, and the others go on', async () => {
  await using stream = await sharedStream(world.apiUrl);
  expect([await stream.post('a', follow), await stream.post('b', follow)]).toEqual([202, 202]);
  expect(await stream.post('a', follow), 'the id is taken').toBe(409);
  expect((await stream.ask('DELETE', '?operationId=a')).status).toBe(200);
  expect((await stream.ask('DELETE', '?operationId=a')).status, 'once more').toBe(200);
  await until(() => stream.completed.includes('a'));
  expect(await stream.post('a', follow)).toBe(202);
  await request(world.apiUrl, start);
  await until(() => stream.results('a').length > 0 && stream.results('b').length > 0);
  expect(stream.completed).toEqual(['a']);
});

test('what cannot begin is answered where it was posted, and leaves the id free', async () => {
  await using stream = await sharedStream(world.apiUrl);
  for (const query of ['{', '{ none }', 'subscription { none }']) {
    expect(await stream.post('a', query)).toBeGreaterThanOrEqual(200);
    expect(stream.answers.at(-1)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  }
  expect(await stream.post('', follow)).toBe(400);
  expect(await stream.post('x'.repeat(513), follow)).toBe(400);
  expect(await stream.post('a', follow, { after: 'none' }), 'refused as it begins').toBe(202);
  await until(() => stream.completed.includes('a'));
  expect(stream.results('a')).toMatchObject([{ errors: [{ extensions: { code: 'CURSOR_INVALID' } }] }]);
  expect(await stream.post('a', follow)).toBe(202);
});

test('subscriptions of one stream are bounded as those of a socket', async () => {
  await using stream = await sharedStream(world.apiUrl);
  for (let n = 0; n < 9; n += 1) expect(await stream.post(`s${n}`, follow)).toBe(202);
  await until(() => stream.completed.length > 0);
  expect(stream.results('s8')).toMatchObject([
    { errors: [{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }] },
  ]);
  expect(await stream.post('q', '{ head }'), 'a query is none').toBe(202);
  await until(() => stream.results('q').length > 0);
});

test('a token opens one stream, once; unknown ones open none', async () => {
  await using stream = await sharedStream(world.apiUrl);
  const again = await fetch(`${world.apiUrl}/graphql?token=${stream.token}`, {
    headers: { accept: 'text/event-stream' },
  });
  expect(again.status).toBe(409);
  expect(await again.json()).toMatchObject({
    errors: [{ message: expect.stringContaining('open already') }],
  });
  for (const ask of [
    fetch(`${world.apiUrl}/graphql?token=none`, { headers: { accept: 'text/event-stream' } }),
    fetch(`${world.apiUrl}/graphql?token=none&operationId=a`, { method: 'DELETE' }),
    postTo(world.apiUrl, 'none', 'a', follow),
  ]) {
    const response = await ask;
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.stringContaining('PUT') }] });
  }
});

test('the end of a stream ends its operations, and its token', async () => {
  const stream = await sharedStream(world.apiUrl);
  await stream.post('a', follow);
  await until(async () => (await liveCount('subscribers')) >= 1);
  await stream.close();
  await until(async () => (await liveCount('subscribers')) === 0);
  expect(await stream.post('a', follow)).toBe(404);
});

test('a stream that was reserved and never opened is let go', async () => {
  const token = await reserve(world.apiUrl);
  expect((await postTo(world.apiUrl, token, 'a', follow)).status).toBe(202);
  await until(async () => (await postTo(world.apiUrl, token, 'a', follow)).status === 404, {
    timeoutMs: 30_000,
  });
  await until(async () => (await liveCount('subscribers')) === 0);
});

test('nobody else runs operations on the stream of a viewer, and a sign-in ends what it began', async () => {
  const [ada, bob] = [await authorization('ada', 60), await authorization('bob', 60)];
  await using stream = await sharedStream(world.apiUrl, { authorization: ada });
  for (const other of [bob, undefined]) {
    const refused = await postTo(world.apiUrl, stream.token, 'a', follow, { authorization: other });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  }
  expect((await postTo(world.apiUrl, stream.token, 'long', follow, { authorization: ada })).status).toBe(202);
  const short = await authorization('ada', 1);
  expect((await postTo(world.apiUrl, stream.token, 'short', follow, { authorization: short })).status).toBe(
    202,
  );
  await until(() => stream.completed.includes('short'));
  expect(stream.results('short').at(-1)).toMatchObject({
    errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
  });
  expect(stream.completed).toEqual(['short']);
});

test('a token that does not hold reserves nothing', async () => {
  const refused = await fetch(`${world.apiUrl}/graphql`, {
    method: 'PUT',
    headers: { authorization: 'Bearer none' },
  });
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
});

test('a deploy cuts the streams, and their clients go on elsewhere', async () => {
  const PORT = String(await freePort());
  const old = world.spawn('api', { env: { JWT_SECRET: secret, PORT, DRAIN_MS: '0' } });
  await old.waitForLog('api.started');
  await using stream = await sharedStream(`http://127.0.0.1:${PORT}`, { inAddress: true });
  expect(await stream.post('a', follow)).toBe(202);
  await until(() => stream.pings.some(({ cursors }) => cursors.a !== undefined));
  const { cursors } = stream.pings.findLast(({ cursors }) => cursors.a !== undefined)!;
  expect(await old.stop()).toMatchObject({ code: 0 });
  await until(() => stream.ended);

  await using elsewhere = await sharedStream(world.apiUrl);
  await request(world.apiUrl, start);
  expect(await elsewhere.post('a', follow, { after: cursors.a! })).toBe(202);
  const log = idsOf(await readLog(world.database));
  await until(() => elsewhere.results('a').length > 0);
  expect(elsewhere.results('a').at(-1)!.data.events.id).toBe(log.at(-1));
});

test.each(['HEAD', 'OPTIONS'])('%s opens nothing', async (method) => {
  const query = encodeURIComponent(follow);
  for (const search of [`?query=${query}`, `?token=${await reserve(world.apiUrl)}`]) {
    const headers = { accept: 'text/event-stream', [tokenHeader]: '' };
    const response = await fetch(`${world.apiUrl}/graphql${search}`, { method, headers });
    expect(response.status).toBe(method === 'HEAD' ? 405 : 204);
    if (method === 'HEAD') expect(response.headers.get('allow')).toContain('PUT');
    expect(await response.text()).toBe('');
    expect(response.headers.get('content-type') ?? '').not.toContain('event-stream');
  }
  expect(await liveCount('subscribers')).toBe(0);
});

async function authorization(sub: string, seconds: number): Promise<string> {
  const token = new SignJWT({ sub, exp: Math.floor(Date.now() / 1_000) + seconds });
  return `Bearer ${await token.setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret))}`;
}
