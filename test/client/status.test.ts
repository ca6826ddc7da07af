import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSink } from '../../src/outbox/sinks.ts';
import { request } from '../support/graphql-client.ts';
import { idsOf, readLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { createViewers } from '../support/viewers.ts';
import { listen } from './listen.ts';
import { createLiveWorld, documents, type LiveWorld } from './live-world.ts';

let live: LiveWorld;
let viewers: ReturnType<typeof createViewers>;
/** The cursor before the log's first event */
let origin: string;

beforeAll(async () => {
  live = await createLiveWorld();
  viewers = createViewers(live.world.database);
  origin = (await request(live.world.apiUrl, '{ head }')).data.head;
  for (let count = 0; count < 300; count += 1) await viewers.start({ userId: 'u0', videoId: 'v0' });
  await untilPublished();
});
afterAll(() => live[Symbol.asyncDispose]());

/** Waits until the relay has published everything, and has noted that it did. */
async function untilPublished(): Promise<void> {
  const { position } = (await readLog(live.world.database)).at(-1)!;
  await until(async () => (await readSink(live.world.database.pool, 'streams')).position >= position);
}

const codesOf = (results: readonly { errors?: { extensions: { code: string } }[] }[]) =>
  results.map(({ errors }) => errors?.[0]?.extensions.code);

test('a subscription is catching up until history was passed on, and then live', async () => {
  const subscription = listen(live.newClient(), { query: documents.events, after: origin });
  expect(subscription.status).toBe('catching up');
  await subscription.untilStatus('live');
  const log = await readLog(live.world.database);
  expect(subscription.ids()).toEqual(idsOf(log));
  const wentLive = subscription.told.findIndex((told) => 'status' in told && told.status === 'live');
  const lastResult = subscription.told.findLastIndex((told) => 'result' in told);
  expect(wentLive).toBeGreaterThan(lastResult);
});

test('it is catching up again from the loss of its socket until it has what happened meanwhile', async () => {
  const subscription = listen(live.newClient(), { query: documents.events });
  await subscription.untilStatus('live');
  await live.killApi();
  await subscription.untilStatus('catching up');
  const before = (await readLog(live.world.database)).length;
  for (let count = 0; count < 5; count += 1) await viewers.start({ userId: 'u0', videoId: 'v0' });
  await live.startApi();
  await subscription.untilStatus('live');
  await until(() => subscription.results.length >= 5);
  expect(subscription.ids()).toEqual(idsOf((await readLog(live.world.database)).slice(before)));
});

test('a signal is live when it has told what is true now, on every socket anew', async () => {
  const signal = listen(live.newClient(), { query: documents.viewership });
  await signal.untilStatus('live');
  expect(signal.told).toEqual([expect.objectContaining({ status: 'live' }), { result: signal.results[0] }]);
  expect(signal.progress.at(-1)!.cursor).toBeUndefined();
  await live.killApi();
  await signal.untilStatus('catching up');
  const before = signal.results.length;
  await live.startApi();
  await signal.untilStatus('live');
  await until(() => signal.results.length > before);
});

test('a subscription that received nothing resumes from the progress that it was told', async () => {
  const quiet = listen(live.newClient(), { query: documents.ofUser, variables: { userId: 'quiet' } });
  await quiet.untilStatus('live');
  const joinedAt = quiet.progress.at(-1)!.cursor;
  await viewers.start({ userId: 'u0', videoId: 'v0' });
  // others' events move it on
  await until(() => quiet.progress.at(-1)!.cursor !== joinedAt);
  await live.killApi();
  await viewers.start({ userId: 'quiet', videoId: 'v0' });
  await live.startApi();
  await until(() => quiet.results.length > 0);
  await quiet.untilStatus('live');
  expect(quiet.results.map(({ data }) => data.watchActivity.type)).toEqual(['video.watch_started']);
});

test.each([
  ['no cursor', 'nonsense'],
  ['a cursor of another log', Buffer.from('0123456789ab:7').toString('base64url')],
])('a subscription from %s is expired: it passes the refusal on and completes', async (_what, after) => {
  const refused = listen(live.newClient(), { query: documents.events, after });
  await until(() => refused.end);
  expect(refused.end).toBe('complete');
  expect(refused.progress).toEqual([
    {
      status: 'expired',
      cursor: after,
      oldest: undefined,
      error: expect.objectContaining({ code: 'CURSOR_INVALID', retryable: false }),
    },
  ]);
  expect(codesOf(refused.results)).toEqual(['CURSOR_INVALID']);
});

test('a subscription that comes back after the retention is expired, and can go on from the oldest cursor', async () => {
  let mayConnect = Promise.resolve();
  const url = async () => {
    await mayConnect;
    return live.socketUrl;
  };
  const left = listen(live.newClient({ url }), { query: documents.events });
  await left.untilStatus('live');
  const gate = Promise.withResolvers<void>();
  mayConnect = gate.promise;
  await live.killApi();
  for (let count = 0; count < 5; count += 1) await viewers.start({ userId: 'u0', videoId: 'v0' });
  await untilPublished();
  // what Redis still held would be served for as long as it held it
  await live.world.redis.kill();
  await live.world.redis.start();
  await live.startApi();
  const [floor] = (await readLog(live.world.database)).slice(-3);
  await live.world.database.pool.query('UPDATE log SET floor = $1', [floor!.position]);
  gate.resolve();

  await until(() => left.end);
  expect(left.end).toBe('complete');
  expect(left.status).toBe('expired');
  expect(codesOf(left.results)).toEqual(['CURSOR_EXPIRED']);
  const { oldest } = left.progress.at(-1)!;
  const goesOn = listen(live.newClient(), { query: documents.events, after: oldest! });
  await until(() => goesOn.results.length >= 2);
  expect(goesOn.ids()).toEqual(idsOf((await readLog(live.world.database)).slice(-2)));
});
