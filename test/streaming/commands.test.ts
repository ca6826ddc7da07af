import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { upsertVideos } from '../../src/domains/streaming/catalogue.ts';
import {
  changeQuality,
  heartbeat,
  startWatching,
  stopWatching,
} from '../../src/domains/streaming/commands.ts';
import { session } from '../../src/domains/streaming/queries.ts';
import type { Outbox } from '../../src/outbox/transaction.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { atSecond, cause, film, openOutbox, recordedEvents, t0, typesOf } from './support.ts';

let testDatabase: TestDatabase;
let database: Database;
let outbox: Outbox;
const video = film('metropolis', ['Drama', 'Sci-Fi'], 'Metropolis');
const start = () => startWatching(outbox, cause, { userId: 'ann', videoId: 'metropolis', quality: 'HD' }, t0);

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = testDatabase.database;
  outbox = openOutbox(database);
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE outbox, watch_session, video, idempotency_key');
  await upsertVideos(database.prisma, [video]);
});

describe('a session', () => {
  test('is kept as each command left it, and its events count from 1 without a gap', async () => {
    const { id } = await start();
    await changeQuality(outbox, cause, { sessionId: id, quality: 'UHD' }, atSecond(10));
    await heartbeat(outbox, cause, { sessionId: id }, atSecond(20));
    const stopped = await stopWatching(outbox, cause, { sessionId: id }, atSecond(30));

    expect(stopped).toEqual({
      id,
      userId: 'ann',
      videoId: 'metropolis',
      quality: 'UHD',
      startedAt: t0,
      lastSeenAt: atSecond(20),
      endedAt: atSecond(30),
      watchedSeconds: 30,
      version: 4,
      video,
    });
    expect(await session(database.prisma, id)).toEqual(stopped);
    const events = await recordedEvents(database);
    expect(typesOf(events)).toEqual([
      'video.watch_started',
      'video.quality_changed',
      'video.heartbeat',
      'video.watch_stopped',
    ]);
    expect(events.map((event) => event.aggregateVersion)).toEqual([1, 2, 3, 4]);
    expect(events.map((event) => event.topic)).toEqual(['video', 'video', 'video-heartbeat', 'video']);
    for (const event of events) {
      expect(event).toMatchObject({
        aggregateType: 'session',
        aggregateId: id,
        keys: ['user:ann', 'video:metropolis'],
        correlationId: cause.correlationId,
        actor: cause.actor,
      });
    }
  });

  test('gives each of many commands at once a version of its own', async () => {
    const { id } = await start();
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => heartbeat(outbox, cause, { sessionId: id }, atSecond(n))),
    );
    const events = await recordedEvents(database);
    expect(events.map((event) => event.aggregateVersion)).toEqual(
      Array.from({ length: 21 }, (_, n) => n + 1),
    );
    expect(await session(database.prisma, id)).toMatchObject({ version: 21, lastSeenAt: atSecond(19) });
  });

  test('is stopped once when two stop it at once', async () => {
    const { id } = await start();
    const stops = await Promise.allSettled([
      stopWatching(outbox, cause, { sessionId: id }, atSecond(5)),
      stopWatching(outbox, cause, { sessionId: id }, atSecond(5)),
    ]);
    expect(stops.map((stop) => stop.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(stops.find((stop) => stop.status === 'rejected')?.reason).toMatchObject({ code: 'SESSION_ENDED' });
    expect(typesOf(await recordedEvents(database))).toEqual(['video.watch_started', 'video.watch_stopped']);
  });

  test('is given back without an event when its quality is asked for again', async () => {
    const begun = await start();
    expect(await changeQuality(outbox, cause, { sessionId: begun.id, quality: 'HD' }, atSecond(5))).toEqual(
      begun,
    );
    expect(await recordedEvents(database)).toHaveLength(1);
  });

  test('takes no command after its stop, and records nothing of it', async () => {
    const { id } = await start();
    await stopWatching(outbox, cause, { sessionId: id }, atSecond(5));
    const refused = { code: 'SESSION_ENDED' };
    await expect(heartbeat(outbox, cause, { sessionId: id }, atSecond(6))).rejects.toMatchObject(refused);
    await expect(stopWatching(outbox, cause, { sessionId: id }, atSecond(6))).rejects.toMatchObject(refused);
    await expect(
      changeQuality(outbox, cause, { sessionId: id, quality: 'SD' }, atSecond(6)),
    ).rejects.toMatchObject(refused);
    expect(await recordedEvents(database)).toHaveLength(2);
  });
});

describe('refused are', () => {
  test('a video that does not exist, and nothing is kept of it', async () => {
    const args = { userId: 'ann', videoId: 'none', quality: 'HD', idempotencyKey: 'key' } as const;
    await expect(startWatching(outbox, cause, args, t0)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await database.prisma.watchSession.count()).toBe(0);
    expect(await database.prisma.idempotencyKey.count()).toBe(0);
    expect(await recordedEvents(database)).toEqual([]);
  });

  test.each([
    ['a session that does not exist', '01900000-0000-7000-8000-000000000000', 'NOT_FOUND'],
    ['an id that is no uuid', 'nonsense', 'NOT_FOUND'],
    ['an empty id', '', 'BAD_USER_INPUT'],
    ['an id that is too long', 'x'.repeat(201), 'BAD_USER_INPUT'],
  ])('%s', async (_, sessionId, code) => {
    await expect(heartbeat(outbox, cause, { sessionId }, t0)).rejects.toMatchObject({ code });
  });

  test.each([
    ['an empty user', { userId: '' }],
    ['a user that is too long', { userId: 'x'.repeat(201) }],
    ['a user that Postgres cannot hold', { userId: 'a\0b' }],
    ['half a surrogate pair', { userId: '\ud800' }],
    ['an empty video', { videoId: '' }],
    ['an empty idempotency key', { idempotencyKey: '' }],
  ])('%s', async (_, wrong) => {
    const args = { userId: 'ann', videoId: 'metropolis', quality: 'HD', ...wrong } as const;
    await expect(startWatching(outbox, cause, args, t0)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
