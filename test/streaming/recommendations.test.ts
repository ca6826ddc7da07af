import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Outbox } from '../../src/outbox/transaction.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { recommendations } from '../../src/workers/streaming/recommendations.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openOutbox, react, recordedEvents, started, t0 } from './support.ts';

let testDatabase: TestDatabase;
let database: Database;
let outbox: Outbox;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = testDatabase.database;
  outbox = openOutbox(database);
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  await database.pool.query(
    'TRUNCATE outbox, recommendation_history, recommendation_video, recommendation_pair, recommendation_list',
  );
});

const watch = (userId: string, videoId: string, position: number) => started({ userId, videoId, position });

test('tells each user of a batch once, because of the last event of that user', async () => {
  const events = [watch('ann', 'a', 1), watch('bob', 'a', 2), watch('ann', 'b', 3), watch('cid', 'c', 4)];
  await react(outbox, recommendations, events);
  const recorded = await recordedEvents(database);
  expect(
    recorded.map(({ aggregateId, payload, causationId }) => ({ aggregateId, payload, causationId })),
  ).toEqual([
    { aggregateId: 'ann', payload: { userId: 'ann', videoIds: ['c'] }, causationId: events[2]!.id },
    { aggregateId: 'bob', payload: { userId: 'bob', videoIds: ['b', 'c'] }, causationId: events[1]!.id },
    { aggregateId: 'cid', payload: { userId: 'cid', videoIds: ['a', 'b'] }, causationId: events[3]!.id },
  ]);
  expect(recorded[0]).toMatchObject({
    type: 'recommendation.updated',
    aggregateType: 'recommendation-list',
    aggregateVersion: 1,
    keys: ['user:ann'],
    depth: events[0]!.depth + 1,
  });
});

test('says nothing when the list is as it was, and counts versions when it is not', async () => {
  await react(outbox, recommendations, [watch('ann', 'a', 1), watch('bob', 'b', 2)]);
  await react(outbox, recommendations, [watch('ann', 'a', 3)]);
  expect(await recordedEvents(database)).toHaveLength(2);
  await react(outbox, recommendations, [watch('cid', 'c', 4), watch('ann', 'a', 5)]);
  const ofAnn = (await recordedEvents(database)).filter(({ aggregateId }) => aggregateId === 'ann');
  expect(ofAnn.map(({ aggregateVersion, payload }) => [aggregateVersion, payload])).toEqual([
    [1, { userId: 'ann', videoIds: ['b'] }],
    [2, { userId: 'ann', videoIds: ['b', 'c'] }],
  ]);
  expect(await database.prisma.recommendationList.findUnique({ where: { userId: 'ann' } })).toEqual({
    userId: 'ann',
    videoIds: ['b', 'c'],
    version: 2,
    updatedAt: t0,
  });
});

test('tells when nothing is left to recommend', async () => {
  await react(outbox, recommendations, [watch('bob', 'b', 1), watch('ann', 'a', 2)]);
  await react(outbox, recommendations, [watch('ann', 'b', 3)]);
  expect((await recordedEvents(database)).at(-1)).toMatchObject({
    aggregateVersion: 2,
    payload: { userId: 'ann', videoIds: [] },
  });
});
