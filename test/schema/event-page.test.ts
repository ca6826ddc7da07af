import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvent } from '../../src/events/define-event.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { createOutbox, record } from '../../src/outbox/transaction.ts';
import { createLogReads, type PageRequest } from '../../src/resolvers/event-page.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const numbered = defineEvent('test.numbered', z.object({ n: z.int() }), {
  topic: 'test',
  aggregateType: 'test',
});

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  await testDatabase.database.pool.query('TRUNCATE outbox RESTART IDENTITY');
  await testDatabase.database.pool.query('UPDATE log SET floor = 0');
});

/** Records events numbered from 1, of the aggregates a, b, a, b …: their positions are their numbers. */
async function recordEvents(count: number): Promise<void> {
  const outbox = createOutbox({ ...testDatabase.database, nudge: () => {} });
  await outbox.transaction(requestCause('page-test'), async (tx) => {
    for (let n = 1; n <= count; n += 1) {
      const aggregateId = n % 2 === 1 ? 'a' : 'b';
      record(tx, numbered.of({ aggregateId, aggregateVersion: n, occurredAt: new Date(), payload: { n } }));
    }
  });
}

async function page(request: Partial<PageRequest>, through = Number.MAX_SAFE_INTEGER - 1) {
  const reads = createLogReads(testDatabase.database.pool, async () => through);
  const { events, ...more } = await reads.page({ filter: {}, from: 'first', count: 3, ...request });
  return { positions: events.map((event) => event.position), ...more };
}

describe('a page of the log', () => {
  test('holds the first events, and says that more come', async () => {
    await recordEvents(5);
    expect(await page({})).toEqual({ positions: [1, 2, 3], hasNextPage: true, hasPreviousPage: false });
  });

  test('goes on after a cursor, and says that events came before', async () => {
    await recordEvents(5);
    expect(await page({ after: 3 })).toEqual({
      positions: [4, 5],
      hasNextPage: false,
      hasPreviousPage: true,
    });
  });

  test('holds the newest events in position order when it is taken from the end', async () => {
    await recordEvents(5);
    const newest = { positions: [3, 4, 5], hasNextPage: false, hasPreviousPage: true };
    expect(await page({ from: 'last' })).toEqual(newest);
    const earlier = { positions: [1, 2], hasNextPage: true, hasPreviousPage: false };
    expect(await page({ from: 'last', before: 3 })).toEqual(earlier);
  });

  test('says nothing of neighbours that the filter leaves out', async () => {
    await recordEvents(4);
    const only = { filter: { aggregateId: 'b' }, after: 1, before: 4 };
    expect(await page(only)).toEqual({ positions: [2], hasNextPage: true, hasPreviousPage: false });
  });

  test('ends where the log is published', async () => {
    await recordEvents(5);
    expect(await page({ from: 'last' }, 2)).toEqual({
      positions: [1, 2],
      hasNextPage: false,
      hasPreviousPage: false,
    });
    expect(await page({ after: 2 }, 2)).toMatchObject({ positions: [], hasNextPage: false });
  });

  test('is refused with CURSOR_EXPIRED after a cursor that is older than what is kept', async () => {
    await recordEvents(5);
    await testDatabase.database.pool.query('UPDATE log SET floor = 3');
    await expect(page({ after: 2 })).rejects.toMatchObject({ code: 'CURSOR_EXPIRED', oldest: 3 });
    await expect(page({ after: 3 })).resolves.toMatchObject({ positions: [4, 5] });
  });
});
