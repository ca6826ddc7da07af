import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { upsertVideos } from '../../src/domains/streaming/catalogue.ts';
import { recommendationUpdated } from '../../src/domains/streaming/events.ts';
import { notifications as read } from '../../src/domains/streaming/queries.ts';
import type { Outbox } from '../../src/outbox/transaction.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { notifications } from '../../src/workers/streaming/notifications.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { atSecond, film, inLog, openOutbox, react, recordedEvents, started, t0 } from './support.ts';

let testDatabase: TestDatabase;
let database: Database;
let outbox: Outbox;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = testDatabase.database;
  outbox = openOutbox(database);
  await upsertVideos(
    database.prisma,
    ['a', 'b', 'c', 'd'].map((id) => film(id)),
  );
  const friendships = ['cid', 'bob'].map((friendId) => ({ userId: 'ann', friendId }));
  await database.prisma.friendship.createMany({ data: friendships });
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE outbox, notification');
});

const listOf = (videoIds: string[]) => {
  const event = {
    aggregateId: 'ann',
    aggregateVersion: 1,
    occurredAt: t0,
    payload: { userId: 'ann', videoIds },
  };
  return inLog(recommendationUpdated.of(event), 2);
};

test('each friend of the viewer is told what the viewer starts, and each message is an event', async () => {
  const start = started({ userId: 'ann', videoId: 'a', position: 1 });
  await react(outbox, notifications, [start], atSecond(5));
  const [toBob] = await read(database.prisma, 'bob', 10);
  expect(toBob).toMatchObject({ message: 'ann started watching Film a', sentAt: atSecond(5) });
  expect(await read(database.prisma, 'cid', 10)).toHaveLength(1);
  expect(await read(database.prisma, 'ann', 10)).toEqual([]);

  const events = await recordedEvents(database);
  expect(events).toHaveLength(2);
  expect(events[0]).toMatchObject({
    type: 'notification.sent',
    aggregateType: 'notification',
    aggregateId: toBob!.id,
    aggregateVersion: 1,
    causationId: start.id,
    keys: ['user:bob'],
    payload: { notificationId: toBob!.id, userId: 'bob', message: 'ann started watching Film a' },
  });
});

test('a viewer without friends causes no message', async () => {
  await react(outbox, notifications, [started({ userId: 'bob', videoId: 'a', position: 1 })]);
  expect(await recordedEvents(database)).toEqual([]);
});

test('a user is told the first titles of new recommendations', async () => {
  await react(outbox, notifications, [listOf(['c', 'a', 'd', 'b'])]);
  expect(await read(database.prisma, 'ann', 10)).toMatchObject([
    { message: 'New recommendations for you: Film c, Film a, Film d' },
  ]);
});

test('a list that became empty is no news for the user', async () => {
  await react(outbox, notifications, [listOf([])]);
  expect(await read(database.prisma, 'ann', 10)).toEqual([]);
});

test('the newest message comes first', async () => {
  await react(outbox, notifications, [listOf(['a'])], atSecond(1));
  await react(outbox, notifications, [listOf(['b'])], atSecond(2));
  const messages = await read(database.prisma, 'ann', 1);
  expect(messages).toMatchObject([{ message: 'New recommendations for you: Film b' }]);
});
