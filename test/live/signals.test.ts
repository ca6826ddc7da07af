import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { notificationSent } from '../../src/domains/streaming/events.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { createOutbox, record } from '../../src/outbox/transaction.ts';
import { openEventStream } from '../support/event-stream.ts';
import { request, type Subscription, subscribe } from '../support/graphql-client.ts';
import { until } from '../support/until.ts';
import { addVideos, createViewers } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

const viewership =
  'subscription ($id: ID) { viewership(videoId: $id) { concurrentViewers byQuality { quality viewers } } }';
const leaderboard = 'subscription { leaderboard(first: 3) { rank starts video { id } } }';

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await addVideos(world.database, 4);
  const [api, relay, worker] = [world.spawn('api'), world.spawn('relay'), world.spawn('worker')];
  await Promise.all([
    api.waitForLog('api.started'),
    relay.waitForLog('lease.taken'),
    worker.waitForLog('worker.started'),
  ]);
});
afterAll(() => world[Symbol.asyncDispose]());

const newest = ({ results }: Pick<Subscription, 'results'>, field: string) => results.at(-1)?.data[field];
const watchedSignals = async () => {
  const metrics = await (await fetch(`${world.apiUrl}/metrics`)).text();
  return Number(/^aorta_live\{what="signals"\} (\d+)/m.exec(metrics)![1]);
};

describe('a signal', () => {
  test('is what is true now, then each change', async () => {
    const viewers = createViewers(world.database);
    await using subscription = subscribe(world.apiUrl, viewership, { id: 'v0' });
    const [first] = await subscription.take(1);
    expect(first!.data.viewership).toEqual({ concurrentViewers: 0, byQuality: [] });

    const sessionId = await viewers.start({ userId: 'ada', videoId: 'v0' });
    const [, second] = await subscription.take(2);
    expect(second!.data.viewership).toEqual({
      concurrentViewers: 1,
      byQuality: [{ quality: 'HD', viewers: 1 }],
    });

    // over the other transport too, whoever comes later begins with what is true then
    await using stream = openEventStream(world.apiUrl, viewership, { variables: { id: 'v0' } });
    const [late] = await stream.take(1);
    expect(late!.data).toEqual(second!.data);

    await viewers.stop(sessionId);
    const [, , third] = await subscription.take(3);
    expect(third!.data.viewership).toEqual({ concurrentViewers: 0, byQuality: [] });
    await until(() => newest(stream, 'viewership')?.concurrentViewers === 0);
    expect(stream.messages.every(({ id }) => id === undefined)).toBe(true);
  });

  test('is conflated: of many changes at once, the last is what counts', async () => {
    const viewers = createViewers(world.database);
    await using subscription = subscribe(world.apiUrl, leaderboard);
    await subscription.take(1);
    const before = subscription.results.length;
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => viewers.start({ userId: `u${index}`, videoId: 'v1' })),
    );
    await until(() => newest(subscription, 'leaderboard')?.[0]?.starts === 60);
    expect(newest(subscription, 'leaderboard')[0]).toEqual({ rank: 1, starts: 60, video: { id: 'v1' } });
    expect(subscription.results.length - before).toBeLessThan(30);
  });

  test('is read once for all who watch the same, and not at all when nobody does', async () => {
    await until(async () => (await watchedSignals()) === 0);
    const watchers = ['v0', 'v0', 'v1'].map((id) => subscribe(world.apiUrl, viewership, { id }));
    await Promise.all(watchers.map((watcher) => watcher.take(1)));
    expect(await watchedSignals()).toBe(2);
    for (const watcher of watchers) await watcher.close();
    await until(async () => (await watchedSignals()) === 0);
  });

  test('whose change was told to nobody, because the connection was lost, is made up for on reconnect', async () => {
    await using subscription = subscribe(world.apiUrl, leaderboard);
    const before = (await subscription.take(1))[0]!.data.leaderboard;
    await setStarts('v2', 1_000);
    const admin = new Redis(world.redis.url);
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    admin.disconnect();

    await until(() => newest(subscription, 'leaderboard')?.[0]?.starts === 1_000);
    expect(before[0].starts).not.toBe(1_000);
  });

  test('whose message is lost without a sign is late, and never stale for ever', async () => {
    await using subscription = subscribe(world.apiUrl, leaderboard);
    await subscription.take(1);
    await setStarts('v2', 2_000);
    await until(() => newest(subscription, 'leaderboard')?.[0]?.starts === 2_000);
  });

  test('that is asked for with a wrong argument is refused', async () => {
    for (const [query, variables] of [
      ['subscription { leaderboard(first: 0) { rank } }', {}],
      [viewership, { id: 'a\0b' }],
    ] as const) {
      await using socket = subscribe(world.apiUrl, query, variables);
      await using stream = openEventStream(world.apiUrl, query, { variables });
      for (const results of [socket, stream]) {
        const [refused] = await results.take(1);
        expect(refused!.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
        await until(() => results.ended);
      }
    }
    await until(async () => (await watchedSignals()) === 0);
  });

  test('goes on while Redis is away', async () => {
    await using subscription = subscribe(world.apiUrl, leaderboard);
    await subscription.take(1);
    await world.redis.kill();
    await setStarts('v2', 3_000);
    await until(() => newest(subscription, 'leaderboard')?.[0]?.starts === 3_000);
    await world.redis.start();
    await createViewers(world.database).start({ userId: 'ada', videoId: 'v2' });
    await until(() => newest(subscription, 'leaderboard')?.[0]?.starts === 3_001);
  });
});

describe('head, read beside state', () => {
  const state = '{ head notifications(userId: "bob", first: 100) { id } }';
  const changes =
    'subscription ($after: Cursor) { notifications(userId: "bob", after: $after) { aggregateId } }';

  test('is a place from which a subscription misses no change to that state, while writers go on', async () => {
    const sent: string[] = [];
    const send = async () => {
      for (let count = 0; count < 25 || reads.length < 5; count += 1) sent.push(await notifyBob());
    };
    const reads: { ids: string[]; subscription: Subscription }[] = [];
    const writers = Promise.all([send(), send(), send(), send()]);
    while (sent.length < 100 || reads.length < 5) {
      const { data } = await request(world.apiUrl, state);
      const subscription = subscribe(world.apiUrl, changes, { after: data.head });
      reads.push({ ids: data.notifications.map(({ id }: { id: string }) => id), subscription });
    }
    await writers;

    for (const { ids, subscription } of reads) {
      const known = () =>
        new Set([...ids, ...subscription.results.map(({ data }) => data.notifications.aggregateId)]);
      await until(() => sent.every((id) => known().has(id)), {
        message: () => `a state of ${ids.length} and ${subscription.results.length} changes make 100`,
      });
      await subscription.close();
    }
  });

  test('replays nothing when all was quiet', async () => {
    const last = await notifyBob();
    // others may still write: what viewing set off before
    const newestEvents = '{ events(last: 50) { edges { node { aggregateId } } } }';
    await until(async () => {
      const { data } = await request(world.apiUrl, newestEvents);
      return data.events.edges.some(
        ({ node }: { node: { aggregateId: string } }) => node.aggregateId === last,
      );
    });
    const { data } = await request(world.apiUrl, state);
    await using subscription = subscribe(world.apiUrl, changes, { after: data.head });
    await until(() => subscription.progress.length > 0);
    const next = await notifyBob();
    await subscription.take(1);
    expect(subscription.results.map((result) => result.data.notifications.aggregateId)).toEqual([next]);
  });
});

/** A change that nobody is told of. */
async function setStarts(videoId: string, starts: number): Promise<void> {
  await world.database.prisma.ranking.upsert({
    where: { videoId },
    create: { videoId, starts },
    update: { starts },
  });
}

/** The row and its event in one transaction, as the service writes them; gives the id. */
async function notifyBob(): Promise<string> {
  const outbox = createOutbox({ ...world.database, nudge: () => {} });
  const notification = { userId: 'bob', message: 'hello' };
  const [id, now] = [randomUUID(), new Date()];
  await outbox.transaction(requestCause('test'), async (tx) => {
    await tx.notification.create({ data: { id, ...notification, sentAt: now } });
    record(
      tx,
      notificationSent.of({
        aggregateId: id,
        aggregateVersion: 1,
        occurredAt: now,
        payload: { notificationId: id, ...notification },
      }),
    );
  });
  return id;
}
