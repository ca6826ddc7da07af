import { EventSource } from 'eventsource';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { type GraphQLAnswer, request, subscribe } from '../support/graphql-client.ts';
import { idsOf, type LoggedEvent, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { addVideos, createViewers, gatherAudience } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

const openFields = '{ id type cursor }';
const session = { userId: 'u1', videoId: 'v1', correlationId: 'request-1' };

interface Filter {
  readonly field: 'events' | 'watchActivity';
  readonly args: Readonly<Record<string, unknown>>;
  readonly wants: (event: LoggedEvent) => boolean;
}

let world: World;
let followedSession: string;
/** The cursor before the log's first event */
let origin: string;
/** The cursors of the sixty recorded events, in order */
let cursors: readonly string[];

const activity = ['video.watch_started', 'video.quality_changed', 'video.watch_stopped'];
const filters: Record<string, () => Filter> = {
  'no filter': () => ({ field: 'events', args: {}, wants: () => true }),
  'a type': () => ({
    field: 'events',
    args: { types: ['video.quality_changed'] },
    wants: ({ type }) => type === 'video.quality_changed',
  }),
  'all types of a domain': () => ({ field: 'events', args: { types: ['video.*'] }, wants: () => true }),
  'an aggregate': () => ({
    field: 'events',
    args: { aggregateId: followedSession },
    wants: ({ aggregateId }) => aggregateId === followedSession,
  }),
  'a correlation id': () => ({
    field: 'events',
    args: { correlationId: session.correlationId },
    wants: ({ correlationId }) => correlationId === session.correlationId,
  }),
  'a user': () => ({
    field: 'watchActivity',
    args: { userId: session.userId },
    wants: ({ keys, type }) => keys.includes('user:u1') && activity.includes(type),
  }),
  'a video': () => ({
    field: 'watchActivity',
    args: { videoId: session.videoId },
    wants: ({ keys, type }) => keys.includes('video:v1') && activity.includes(type),
  }),
  'a user and a video': () => ({
    field: 'watchActivity',
    args: { userId: session.userId, videoId: session.videoId },
    wants: ({ keys, type }) =>
      keys.includes('user:u1') && keys.includes('video:v1') && activity.includes(type),
  }),
};

const documents = {
  events: `subscription ($types: [String!], $aggregateId: ID, $correlationId: ID, $after: Cursor) {
    events(types: $types, aggregateId: $aggregateId, correlationId: $correlationId, after: $after) ${openFields} }`,
  watchActivity: `subscription ($userId: ID, $videoId: ID, $after: Cursor) {
    watchActivity(userId: $userId, videoId: $videoId, after: $after) ${openFields} }`,
};

const receivedIds = (results: readonly GraphQLAnswer[]) =>
  results.map(({ data }) => Object.values(data ?? {})[0]?.id as string);

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 3);
  const api = world.spawn('api', { env: { KEEP_ALIVE_MS: '500' } });
  await api.waitForLog('api.started');
  await recordSixty();
});
afterAll(() => world[Symbol.asyncDispose]());

/** Sixty events of five users, fifteen sessions and fifteen requests; one session stays open for what follows. */
async function recordSixty(): Promise<void> {
  const viewers = createViewers(world.database);
  followedSession = await viewers.start(session);
  await viewers.heartbeat(followedSession, session.correlationId);
  for (let index = 0; (await readLog(world.database)).length < 60; index += 1) {
    const correlationId = `request-${index % 15}`;
    const id = await viewers.start({ userId: `u${index % 5}`, videoId: `v${index % 3}`, correlationId });
    await viewers.heartbeat(id, correlationId);
    await viewers.changeQuality(id, 2, correlationId);
    await viewers.stop(id, correlationId);
    await viewers.changeQuality(followedSession, index % 2, `request-${index % 2}`);
  }
}

/** Waits until everything that is committed can be read through the api. */
async function untilPublished(): Promise<void> {
  const newest = (await readLog(world.database)).at(-1)!.id;
  await until(async () => {
    const { data } = await request(world.apiUrl, '{ events(last: 1) { edges { node { id } } } }');
    return data.events.edges[0]?.node.id === newest;
  });
}

async function firstCursors(first: number): Promise<readonly string[]> {
  const query = 'query ($first: Int) { events(first: $first) { edges { cursor } } }';
  const { data } = await request(world.apiUrl, query, { first });
  return data.events.edges.map(({ cursor }: { cursor: string }) => cursor);
}

const toPair = ({ topic, length }: { topic: string; length: number }) => [topic, length];

async function streamLengths(): Promise<Record<string, number>> {
  const { data } = await request(world.apiUrl, '{ pipeline { streams { topic length } } }');
  return Object.fromEntries(data.pipeline.streams.map(toPair));
}

/** The cursor before the log's first event and every 7th of those recorded, each with how many events it is after. */
function places(): readonly { readonly after: string; readonly index: number }[] {
  const recorded = cursors.map((after, index) => ({ after, index: index + 1 }));
  return [{ after: origin, index: 0 }, ...recorded.filter(({ index }) => index % 7 === 1)];
}

// the second relay trims what the first one left whole, so that the same cursors are served by the outbox
describe.each([
  { source: 'the stream', maxLength: '100000', whole: true },
  { source: 'the outbox, once the stream was trimmed', maxLength: '10', whole: false },
])('from $source', ({ maxLength, whole }) => {
  beforeAll(async () => {
    const relay = world.spawn('relay', { env: { STREAM_MAX_LENGTH: maxLength } });
    await relay.waitForLog('lease.taken');
    // for the relay that trims: it does so as it publishes to a topic
    const viewers = createViewers(world.database);
    const id = await viewers.start({ userId: 'u4', videoId: 'v2' });
    await viewers.heartbeat(id);
    await untilPublished();
    const { video, 'video-heartbeat': heartbeats } = await streamLengths();
    if (whole) expect(video! + heartbeats!).toBe((await readLog(world.database)).length);
    else expect(Math.max(video!, heartbeats!)).toBeLessThanOrEqual(11);
    cursors = await firstCursors(60);
    origin = startOf(cursors[0]!);
    return async () => void (await relay.stop());
  });

  test.each(Object.keys(filters))(
    'with %s, any cursor is followed by exactly what came after it',
    async (name) => {
      const { field, args, wants } = filters[name]!();
      const subscriptions = places().map(({ after, index }, count) => {
        const variables = { ...args, after };
        if (count % 3 === 0) return { index, stream: subscribe(world.apiUrl, documents[field], variables) };
        if (count % 3 === 1)
          return { index, stream: openEventStream(world.apiUrl, documents[field], { variables }) };
        // as an event source reconnects: its URL still holds the cursor of long ago
        const reconnect = { variables: { ...args, after: origin }, lastEventId: after };
        return { index, stream: openEventStream(world.apiUrl, documents[field], reconnect) };
      });

      // the last event of all passes every filter: what is received up to it is all there is
      const viewers = createViewers(world.database);
      await viewers.changeQuality(followedSession, 2, session.correlationId);
      await viewers.changeQuality(followedSession, 3, session.correlationId);
      const log = await readLog(world.database);

      for (const { index, stream } of subscriptions) {
        const expected = log.slice(index).filter(wants);
        const results = await stream.take(expected.length);
        expect(receivedIds(results), `the subscription after event ${index}`).toEqual(idsOf(expected));
        for (const { data, extensions } of results) expect(extensions.cursor).toBe(data[field].cursor);
        expect(stream.results).toHaveLength(expected.length);
        await stream.close();
      }
    },
  );

  test('whoever joins while writers go on sees every event once and in order', async () => {
    await using audience = gatherAudience(world.database, { users: 3, videos: 3, paceMs: 5 });
    await using witness = subscribe(world.apiUrl, documents.events, { after: origin });
    const joined: { after: string; subscription: ReturnType<typeof join> }[] = [];
    for (let count = 0; count < 30; count += 1) {
      // a random one of the events known so far, a young one more often than not
      const known = await witness.take(witness.results.length + 5);
      const back = Math.floor(Math.random() ** 3 * known.length);
      const after = known[known.length - 1 - back]!.extensions.cursor;
      joined.push({ after, subscription: join(count, after) });
    }
    await audience.stop();

    const log = await readLog(world.database);
    const all = await witness.take(log.length);
    expect(receivedIds(all)).toEqual(idsOf(log));
    for (const { after, subscription } of joined) {
      const place = all.findIndex(({ extensions }) => extensions.cursor === after);
      const expected = idsOf(log.slice(place + 1));
      expect(receivedIds(await subscription.take(expected.length))).toEqual(expected);
      await subscription.close();
    }
  });

  function join(count: number, after: string) {
    return count % 2 === 0
      ? subscribe(world.apiUrl, documents.events, { after })
      : openEventStream(world.apiUrl, documents.events, { lastEventId: after });
  }
});

describe('over Server-Sent Events', () => {
  beforeAll(async () => {
    const relay = world.spawn('relay');
    await relay.waitForLog('lease.taken');
    return async () => void (await relay.stop());
  });

  test('the first id is where the stream begins, and each item has its cursor as its id', async () => {
    const [after] = cursors;
    await using stream = openEventStream(world.apiUrl, documents.events, { lastEventId: after });
    await stream.take(10);
    expect(stream.messages[0]).toEqual({ id: after });
    const items = stream.messages.filter(({ event }) => event === 'next').slice(0, 10);
    expect(items.map(({ id }) => id)).toEqual(
      stream.results.slice(0, 10).map(({ extensions }) => extensions.cursor),
    );
    expect(items.map(({ id }) => id)).toEqual(
      stream.results.slice(0, 10).map(({ data }) => data.events.cursor),
    );
  });

  test('a stream that received nothing goes on from its progress id', async () => {
    const viewers = createViewers(world.database);
    const ofNobody = { variables: { userId: 'nobody' } };
    const quiet = openEventStream(world.apiUrl, documents.watchActivity, ofNobody);
    const joinedAt = await until(() => quiet.lastId);
    await viewers.start({ userId: 'u2', videoId: 'v0' });
    // it moves on with what others' events do to the log
    const lastEventId = await until(() => quiet.lastId !== joinedAt && quiet.lastId);
    await quiet.close();
    expect(quiet.results).toEqual([]);

    await viewers.start({ userId: 'nobody', videoId: 'v0' });
    await using resumed = openEventStream(world.apiUrl, documents.watchActivity, {
      ...ofNobody,
      lastEventId,
    });
    const [missed] = await resumed.take(1);
    expect(missed!.data.watchActivity.type).toBe('video.watch_started');
  });

  test('a plain EventSource that is cut off goes on by itself', async () => {
    const log = await readLog(world.database);
    const url = new URL(`${world.apiUrl}/graphql`);
    const after = cursors[20]!;
    url.searchParams.set('query', `subscription { events(after: "${after}") { id } }`);
    let connections = 0;
    let cutOff = () => {};
    const source = new EventSource(url, {
      fetch(input, init) {
        const cut = new AbortController();
        connections += 1;
        cutOff = () => cut.abort(new Error('the connection broke'));
        return fetch(input, { ...init, signal: AbortSignal.any([cut.signal, init.signal]) });
      },
    });
    const received: string[] = [];
    source.addEventListener('next', ({ data }) => received.push(JSON.parse(data).data.events.id));
    try {
      await until(() => received.length === log.length - 21);
      cutOff();
      const viewers = createViewers(world.database);
      const id = await viewers.start({ userId: 'u3', videoId: 'v1' });
      await viewers.stop(id);
      await until(() => received.length >= log.length - 19, { message: 'the EventSource comes back' });
      expect(connections).toBe(2);
      expect(received).toEqual(idsOf((await readLog(world.database)).slice(21)));
    } finally {
      source.close();
    }
  });

  test('a stream that its client leaves is let go', async () => {
    const subscribers = async () => {
      const metrics = await (await fetch(`${world.apiUrl}/metrics`)).text();
      return Number(/^aorta_live\{what="subscribers"\} (\d+)/m.exec(metrics)![1]);
    };
    await until(async () => (await subscribers()) === 0);
    const stream = openEventStream(world.apiUrl, documents.events);
    await until(async () => (await subscribers()) === 1);
    await stream.close();
    await until(async () => (await subscribers()) === 0);
  });
});

/** The cursor before a log's first event: cursors are opaque to clients, and this one test looks inside. */
function startOf(cursor: string): string {
  const [epoch] = Buffer.from(cursor, 'base64url').toString().split(':');
  return Buffer.from(`${epoch}:0`).toString('base64url');
}
