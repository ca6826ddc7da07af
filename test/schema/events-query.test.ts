import { graphql } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue, resolverModules } from '../../src/app/modules.ts';
import { recommendationUpdated } from '../../src/domains/streaming/events.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { decodeCursor, encodeCursor } from '../../src/live/cursor.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import { createOutbox, record } from '../../src/outbox/transaction.ts';
import type { Context, Services } from '../../src/resolvers/context.ts';
import { createLogReads } from '../../src/resolvers/event-page.ts';
import { createLoaders } from '../../src/resolvers/loaders.ts';
import { createSchema } from '../../src/schema/load-schema.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const schema = createSchema(resolverModules);
const now = new Date('2026-03-01T12:00:00.000Z');

let testDatabase: TestDatabase;
let services: Services;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const { prisma, pool } = testDatabase.database;
  const { epoch } = await readLogRow(pool);
  // what subscriptions and operators need is not asked for here
  const needed: Omit<Services, 'operations' | 'sources' | 'history'> = {
    prisma,
    pool,
    catalogue,
    outbox: createOutbox({ prisma, pool, nudge: () => {} }),
    log: createLogReads(pool, async () => 1_000),
    cursors: {
      encode: (position) => encodeCursor(epoch, position),
      decode: (cursor) => decodeCursor(epoch, cursor),
    },
  };
  services = needed as Services;
  await prisma.video.create({
    data: { id: 'metropolis', title: 'Metropolis', year: 1927, genres: ['Drama'] },
  });
});
afterAll(() => testDatabase.drop());

async function ask(source: string, correlationId: string) {
  const contextValue: Context = {
    cause: requestCause(correlationId, 'ann'),
    viewer: { actor: 'ann', scope: 'ann' },
    now: () => now,
    head: 7,
    services,
    loaders: createLoaders(services.prisma),
  };
  return graphql({ schema, source, contextValue });
}

const start =
  'mutation { startWatching(userId: "ann", videoId: "metropolis") { id quality video { title } } }';

test('an event is of the type that its domain names, with the fields of its payload beside those of every event', async () => {
  const started = await ask(start, 'one');
  expect(started.errors).toBeUndefined();
  const found = await ask(
    `{ events(correlationId: "one") { edges { cursor node {
       __typename type occurredAt correlationId causationId actor payload cursor
       ... on WatchStarted { userId videoId quality } } } } }`,
    'reader',
  );
  expect(found.errors).toBeUndefined();
  const [edge, ...others] = (found.data as { events: { edges: { cursor: string; node: object }[] } }).events
    .edges;
  expect(others).toEqual([]);
  expect(JSON.parse(JSON.stringify(edge?.node))).toEqual({
    __typename: 'WatchStarted',
    type: 'video.watch_started',
    occurredAt: now.toISOString(),
    correlationId: 'one',
    causationId: null,
    actor: 'ann',
    payload: expect.objectContaining({ title: 'Metropolis' }),
    cursor: edge?.cursor,
    userId: 'ann',
    videoId: 'metropolis',
    quality: 'FULL_HD',
  });
});

test('an event type that no domain names is a GenericEvent', async () => {
  const { data } = await ask(start, 'two');
  const { id } = (data as { startWatching: { id: string } }).startWatching;
  await ask(`mutation { heartbeat(sessionId: "${id}") { id } }`, 'two');
  const found = await ask(
    '{ events(correlationId: "two", last: 1) { edges { node { __typename type } } pageInfo { hasPreviousPage } } }',
    'reader',
  );
  expect(JSON.parse(JSON.stringify(found))).toEqual({
    data: {
      events: {
        edges: [{ node: { __typename: 'GenericEvent', type: 'video.heartbeat' } }],
        pageInfo: { hasPreviousPage: true },
      },
    },
  });
});

test('recommended videos are told in their order, without those that are gone', async () => {
  await services.outbox.transaction(requestCause('three'), async (tx) => {
    const payload = { userId: 'ann', videoIds: ['gone', 'metropolis'] };
    const place = { aggregateId: 'ann', aggregateVersion: 1, occurredAt: now };
    record(tx, recommendationUpdated.of({ ...place, payload }));
  });
  const found = await ask(
    '{ events(correlationId: "three") { edges { node { ... on RecommendationsUpdated { videos { id } } } } } }',
    'reader',
  );
  expect(JSON.parse(JSON.stringify(found.data))).toEqual({
    events: { edges: [{ node: { videos: [{ id: 'metropolis' }] } }] },
  });
});

test('a cursor of another log, or none at all, is refused with CURSOR_INVALID', async () => {
  for (const cursor of ['', 'x', encodeCursor('000000000000', 1)]) {
    const { errors } = await ask(`{ events(after: "${cursor}") { edges { cursor } } }`, 'reader');
    expect(errors?.map(({ originalError }) => originalError)).toEqual([
      expect.objectContaining({ code: 'CURSOR_INVALID' }),
    ]);
  }
});

test('head is the place that was taken before the request was executed', async () => {
  const { data } = await ask('{ now: head }', 'reader');
  expect(services.cursors.decode(String(data?.now))).toBe(7);
});
