import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogFilter } from '../../src/log/filter.ts';
import { EpochChangedError, type LogReader, RetentionPassedError } from '../../src/log/reader.ts';
import { startNewEpoch } from '../../src/outbox/log-row.ts';
import { saveSinkPosition } from '../../src/outbox/sinks.ts';
import { until } from '../support/until.ts';
import { createLogWorld, type Fact, type LogWorld, topics, writeOutbox } from './support.ts';

let world: LogWorld;
const pool = () => world.database.pool;

beforeAll(async () => {
  world = await createLogWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** `count` events on the topics in turn, at positions 1, 2, 3… */
const inTurn = (count: number): readonly Fact[] =>
  Array.from({ length: count }, (_, n) => ({ position: n + 1, topic: topics[n % topics.length]! }));

const positionsOf = (events: readonly { readonly position: number }[]) =>
  events.map(({ position }) => position);

/** Reads page after page until nothing more comes. */
async function readAll(
  reader: LogReader,
  read: { filter: LogFilter; after: number; limit: number; upTo?: number },
) {
  const positions: number[] = [];
  const sources: string[] = [];
  let after = read.after;
  for (;;) {
    const page = await reader.read({ ...read, after });
    positions.push(...positionsOf(page.events));
    sources.push(page.source);
    expect(page.next, 'the next page never starts before this one').toBeGreaterThanOrEqual(after);
    expect(
      page.events.at(-1)?.position ?? 0,
      'no event lies beyond the next page’s start',
    ).toBeLessThanOrEqual(page.next);
    if (page.next === after) return { positions, sources, after };
    after = page.next;
  }
}

describe('reading on from any cursor', () => {
  // how often a topic occurs: nearly all, some, hardly any, and positions that were rolled back
  const place = fc.oneof(
    { weight: 30, arbitrary: fc.constant('busy') },
    { weight: 6, arbitrary: fc.constant('calm') },
    { weight: 1, arbitrary: fc.constant('rare') },
    { weight: 4, arbitrary: fc.constant(undefined) },
  );
  const mix = fc.record({
    places: fc.array(place, { maxLength: 250, size: 'max' }),
    published: fc.double({ min: 0, max: 1, noNaN: true }),
    cursors: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }),
    chosen: fc.subarray([...topics], { minLength: 1 }),
    limit: fc.integer({ min: 1, max: 40 }),
    upTo: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    batchSize: fc.integer({ min: 1, max: 60 }),
    maxLength: fc.constantFrom(1, 5, 50, 1_000),
  });

  test('gives exactly what was published after it, in order, whatever the mix of topics', async () => {
    await fc.assert(
      fc.asyncProperty(
        mix,
        async ({ places, published, cursors, chosen, limit, upTo, batchSize, maxLength }) => {
          const facts = places.flatMap((topic, n) => (topic ? [{ position: n + 1, topic }] : []));
          const rows = await writeOutbox(pool(), facts);
          const through = Math.floor(published * places.length);
          const log = await world.newLog();
          const known = rows.filter((row) => row.position <= through);
          await log.publish(known, { batchSize, maxLength, through });
          const reader = await log.open();
          // a log to which nothing was published ends where it began
          const end = Math.min(
            known.length > 0 ? through : 0,
            upTo === undefined ? through : Math.floor(upTo * through),
          );
          for (const cursor of cursors) {
            const after = Math.floor(cursor * end);
            const read = { filter: { topics: chosen }, after, limit };
            const { positions, after: reached } = await readAll(
              reader,
              upTo === undefined ? read : { ...read, upTo: end },
            );
            const truth = positionsOf(known).filter((position) => position > after && position <= end);
            const topicOf = new Map(facts.map((fact) => [fact.position, fact.topic]));
            expect(positions).toEqual(
              truth.filter((position) => chosen.includes(topicOf.get(position) as never)),
            );
            expect(reached, 'it ends at the end').toBe(end);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('history', () => {
  test('comes from the stream while it is there, and with the same result from the outbox once it was trimmed', async () => {
    const rows = await writeOutbox(pool(), inTurn(300));
    const whole = await world.newLog();
    await whole.publish(rows);
    const trimmed = await world.newLog();
    await trimmed.publish(rows, { maxLength: 10 });
    const read = { filter: { topics: ['busy', 'calm'] }, after: 0, limit: 50 };

    const fromStreams = await readAll(await whole.open(), read);
    expect(new Set(fromStreams.sources)).toEqual(new Set(['stream']));
    const fromBoth = await readAll(await trimmed.open(), read);
    expect(fromBoth.sources[0]).toBe('outbox');
    expect(fromBoth.sources.at(-1), 'the newest events').toBe('stream');
    expect(fromBoth.positions).toEqual(fromStreams.positions);
    expect(fromBoth.positions).toHaveLength(200);
  });

  test('is the same event from either', async () => {
    const rows = await writeOutbox(pool(), [{ position: 1, topic: 'calm', keys: ['user:1'], type: 'a.b' }]);
    const published = await world.newLog();
    await published.publish(rows);
    const forgotten = await world.newLog();
    await forgotten.publish([], { floor: 1 });
    const read = { filter: { topics: ['calm'] }, after: 0, limit: 10 };
    const fromStream = await (await published.open()).read(read);
    const fromOutbox = await (await forgotten.open()).read(read);
    expect([fromStream.source, fromOutbox.source]).toEqual(['stream', 'outbox']);
    expect(fromOutbox.events).toEqual(fromStream.events);
    expect(fromStream.events).toMatchObject([{ position: 1, topic: 'calm', type: 'a.b', keys: ['user:1'] }]);
  });

  test('is given up to "upTo" and no further, and the next page starts there', async () => {
    const rows = await writeOutbox(pool(), inTurn(30));
    const log = await world.newLog();
    await log.publish(rows);
    const page = await (await log.open()).read({ filter: { topics }, after: 10, upTo: 20, limit: 100 });
    expect(positionsOf(page.events)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(page).toMatchObject({ next: 20, through: 30 });
    const past = await (await log.open()).read({ filter: { topics }, after: 25, upTo: 20, limit: 100 });
    expect(past).toMatchObject({ events: [], next: 25 });
  });

  test('holds what was committed only once it was published', async () => {
    const rows = await writeOutbox(pool(), inTurn(30));
    for (const maxLength of [1, 1_000]) {
      const log = await world.newLog();
      await log.publish(rows.slice(0, 20), { maxLength });
      const { positions } = await readAll(await log.open(), { filter: { topics }, after: 0, limit: 7 });
      expect(positions).toEqual(positionsOf(rows.slice(0, 20)));
    }
  });
});

describe('a filter', () => {
  const facts: readonly Fact[] = Array.from({ length: 120 }, (_, n) => ({
    position: n + 1,
    topic: topics[n % 3]!,
    type: n % 2 ? 'video.started' : 'videos.sold',
    aggregateId: `aggregate ${n % 5}`,
    correlationId: `request ${n % 4}`,
    keys: [`user:${n % 7}`, `video:${n % 2}`],
  }));
  const nth = (passes: (n: number) => boolean) => positionsOf(facts.filter((_, n) => passes(n)));

  test.each<[string, Omit<LogFilter, 'topics'>, number[]]>([
    ['types', { types: ['video.*'] }, nth((n) => n % 2 === 1)],
    ['one type', { types: ['videos.sold'] }, nth((n) => n % 2 === 0)],
    ['no types', { types: [] }, []],
    ['an aggregate', { aggregateId: 'aggregate 3' }, nth((n) => n % 5 === 3)],
    ['a request', { correlationId: 'request 1' }, nth((n) => n % 4 === 1)],
    ['a key', { keys: ['user:2'] }, nth((n) => n % 7 === 2)],
    [
      'several keys, which must all be there',
      { keys: ['user:2', 'video:1'] },
      nth((n) => n % 7 === 2 && n % 2 === 1),
    ],
    [
      'all of it',
      { types: ['video.*'], aggregateId: 'aggregate 1', keys: ['video:1'] },
      nth((n) => n % 10 === 1),
    ],
  ])('by %s gives the same from stream and outbox', async (_, filter, expected) => {
    const rows = await writeOutbox(pool(), facts);
    const whole = await world.newLog();
    await whole.publish(rows);
    const forgotten = await world.newLog();
    await forgotten.publish([], { floor: 120 });
    const read = { filter: { topics, ...filter }, after: 0, limit: 9 };
    const fromStream = await readAll(await whole.open(), read);
    expect(fromStream.sources).toContain('stream');
    expect(fromStream.positions).toEqual(expected);
    const fromOutbox = await readAll(await forgotten.open(), read);
    expect(fromOutbox.sources[0]).toBe('outbox');
    expect(fromOutbox.positions).toEqual(expected);
  });

  test('that few events pass is looked up by index when the reader asks for that, instead of read past others', async () => {
    const few = [1, 2, 15_000, 20_000].map((position) => ({
      position,
      topic: 'busy',
      keys: [`user:${position % 2}`],
    }));
    const log = await world.newLog();
    await log.publish(await writeOutbox(pool(), few));
    const reader = await log.open();
    const read = { filter: { topics: ['busy'], keys: ['user:0'] }, after: 0, limit: 10 };
    for (const [by, source] of [
      ['index', 'outbox'],
      ['stream', 'stream'],
    ] as const) {
      const page = await reader.read({ ...read, by });
      expect(page).toMatchObject({ source, next: 20_000 });
      expect(positionsOf(page.events)).toEqual([2, 15_000, 20_000]);
    }
  });
});

describe('without Redis', () => {
  test.each(['empty', 'down', 'of another database'] as const)(
    'that is %s, the outbox serves up to where the streams were saved',
    async (how) => {
      await using own = await createLogWorld();
      const rows = await writeOutbox(own.database.pool, inTurn(30));
      await saveSinkPosition(own.database.pool, 'streams', 21);
      const log = await own.newLog();
      const isOurs = how !== 'of another database';
      if (!isOurs) await log.publish(rows);
      const reader = await log.open({ isOurs: () => isOurs });
      if (how === 'down') await own.server.kill();
      expect(await reader.through()).toBe(21);
      const { positions, sources } = await readAll(reader, {
        filter: { topics: ['calm'] },
        after: 3,
        limit: 4,
      });
      expect(positions).toEqual([5, 8, 11, 14, 17, 20]);
      expect(new Set(sources)).toEqual(new Set(['outbox']));
    },
  );
});

describe('a cursor', () => {
  test('older than the outbox holds is told so, with the oldest that is still served', async () => {
    await using own = await createLogWorld();
    await writeOutbox(own.database.pool, inTurn(30).slice(10));
    await own.database.pool.query('UPDATE log SET floor = 10');
    const log = await own.newLog();
    await log.publish([], { floor: 30 });
    const reader = await log.open();
    const expired = reader.read({ filter: { topics }, after: 9, limit: 10 });
    await expect(expired).rejects.toBeInstanceOf(RetentionPassedError);
    await expect(expired).rejects.toMatchObject({ code: 'CURSOR_EXPIRED', oldest: 10 });
    const { events } = await reader.read({ filter: { topics }, after: 10, limit: 2 });
    expect(positionsOf(events)).toEqual([11, 12]);
  });

  test.each([
    ['outbox', 30],
    ['stream', 0],
  ])(
    'of a log that was replaced is refused within a second, also where the %s would serve it',
    async (_, floor) => {
      await using own = await createLogWorld();
      const rows = await writeOutbox(own.database.pool, inTurn(30));
      const log = await own.newLog();
      await log.publish(floor === 0 ? rows : [], { floor });
      const reader = await log.open();
      const read = { filter: { topics }, after: 0, limit: 10 };
      expect((await reader.read(read)).events).not.toEqual([]);

      await startNewEpoch(own.database.pool, reader.epoch);
      const refused = () =>
        reader.read(read).then(
          () => false,
          (error) => error instanceof EpochChangedError,
        );
      await until(refused, { message: 'the old epoch is refused' });
      expect(await refused(), 'from then on always').toBe(true);
      expect((await log.open()).epoch).not.toBe(reader.epoch);
    },
  );
});
