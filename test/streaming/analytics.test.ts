import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as events from '../../src/domains/streaming/events.ts';
import { viewership } from '../../src/domains/streaming/queries.ts';
import type { Outbox } from '../../src/outbox/transaction.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { analytics } from '../../src/workers/streaming/analytics.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { atSecond, inLog, openOutbox, react, started, t0 } from './support.ts';

let testDatabase: TestDatabase;
let database: Database;
let outbox: Outbox;
let told: (readonly string[])[];
const reaction = analytics({ changed: (videoIds) => told.push(videoIds) });
const one = '00000000-0000-7000-8000-000000000001';
const two = '00000000-0000-7000-8000-000000000002';

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = testDatabase.database;
  outbox = openOutbox(database);
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  told = [];
  await database.pool.query('TRUNCATE analytics_viewer');
});

const start = (sessionId: string, seconds: number, videoId = 'a') =>
  started({ userId: 'ann', videoId, position: 1, sessionId, at: atSecond(seconds) });

const place = (sessionId: string, seconds: number) => ({
  aggregateId: sessionId,
  aggregateVersion: 2,
  occurredAt: atSecond(seconds),
});
const ofAnn = (sessionId: string) => ({ sessionId, userId: 'ann', videoId: 'a' });
const heartbeat = (sessionId: string, seconds: number) =>
  inLog(
    events.heartbeat.of({ ...place(sessionId, seconds), payload: { ...ofAnn(sessionId), quality: 'HD' } }),
    2,
  );
const toUhd = (sessionId: string, seconds: number) =>
  inLog(
    events.qualityChanged.of({
      ...place(sessionId, seconds),
      payload: { ...ofAnn(sessionId), from: 'HD', to: 'UHD' },
    }),
    2,
  );
const stop = (sessionId: string, seconds: number) =>
  inLog(
    events.watchStopped.of({
      ...place(sessionId, seconds),
      payload: { ...ofAnn(sessionId), watchedSeconds: seconds },
    }),
    2,
  );

const seen = async (seconds: number, videoId?: string) => {
  const { concurrentViewers, byQuality } = await viewership(database.prisma, videoId, atSecond(seconds));
  return { concurrentViewers, byQuality };
};
const nobody = { concurrentViewers: 0, byQuality: [] };

test('a viewer counts until 30 s after the last sign of life', async () => {
  await react(outbox, reaction, [start(one, 0)]);
  expect(await seen(29)).toEqual({ concurrentViewers: 1, byQuality: [{ quality: 'HD', viewers: 1 }] });
  expect(await seen(30)).toEqual(nobody);
  await react(outbox, reaction, [heartbeat(one, 40)]);
  expect((await seen(69)).concurrentViewers).toBe(1);
});

test('viewers are counted by video and by quality', async () => {
  await react(outbox, reaction, [start(one, 0), start(two, 0, 'b'), toUhd(one, 1)]);
  expect(await seen(2)).toEqual({
    concurrentViewers: 2,
    byQuality: [
      { quality: 'HD', viewers: 1 },
      { quality: 'UHD', viewers: 1 },
    ],
  });
  expect(await seen(2, 'a')).toEqual({ concurrentViewers: 1, byQuality: [{ quality: 'UHD', viewers: 1 }] });
  expect(await seen(2, 'unknown')).toEqual(nobody);
  expect(await viewership(database.prisma, 'b', t0)).toMatchObject({ videoId: 'b', at: t0 });
});

test('a change of quality in a batch of its own is counted too', async () => {
  await react(outbox, reaction, [start(one, 0)]);
  await react(outbox, reaction, [toUhd(one, 1)]);
  expect((await seen(2)).byQuality).toEqual([{ quality: 'UHD', viewers: 1 }]);
});

test('a viewer is gone with the stop, in the batch of the start or a later one', async () => {
  await react(outbox, reaction, [start(one, 0), start(two, 0), heartbeat(one, 1), stop(one, 2)]);
  expect((await seen(3)).concurrentViewers).toBe(1);
  await react(outbox, reaction, [stop(two, 3)]);
  expect(await database.prisma.viewer.count()).toBe(0);
});

test('who went without a word is forgotten after 5 minutes, by the time of the events', async () => {
  await react(outbox, reaction, [start(one, 0)]);
  await react(outbox, reaction, [start(two, 300)]);
  expect(await database.prisma.viewer.count()).toBe(2);
  await react(outbox, reaction, [heartbeat(two, 301)]);
  expect(await database.prisma.viewer.findMany()).toMatchObject([{ sessionId: two }]);
});

test('an older sign of life does not take a younger one back', async () => {
  await react(outbox, reaction, [start(one, 0), heartbeat(one, 20)]);
  await react(outbox, reaction, [heartbeat(one, 10)]);
  expect((await seen(45)).concurrentViewers).toBe(1);
});

test('the signal is told of each video of a batch once', async () => {
  await react(outbox, reaction, [start(one, 0), heartbeat(one, 1), start(two, 1, 'b')]);
  expect(told).toEqual([['a', 'b']]);
});
