import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { redrive } from '../../src/operations/dead-letter-actions.ts';
import type { Database } from '../../src/platform/postgres.ts';
import {
  type Desk,
  deadLetter,
  deadLetterInOrder,
  openDesk,
  placed,
  recordChain,
  registerConsumer,
} from './support.ts';

let desk: Desk;
let database: Database;
beforeAll(async () => {
  desk = await openDesk();
  database = desk.world.database;
});
afterAll(() => desk[Symbol.asyncDispose]());
beforeEach(async () => {
  await database.pool.query('TRUNCATE outbox, consumer, inbox, dead_letter');
  await registerConsumer(database, 'billing', 'QUEUE', ['order.placed']);
  await registerConsumer(database, 'shipping', 'QUEUE', ['order.placed']);
});

/** A dead letter of each consumer for each of so many events, by consumer. */
async function deadLetterEvents(count: number): Promise<{ billing: string[]; shipping: string[] }> {
  const ids = { billing: [] as string[], shipping: [] as string[] };
  for (let n = 0; n < count; n += 1) {
    const [event] = await recordChain(database, `request-${n}`, [placed]);
    ids.billing.push(await deadLetter(database, 'billing', event!));
    ids.shipping.push(await deadLetter(database, 'shipping', event!));
  }
  return ids;
}

async function statusOf(consumer: string) {
  const { consumers } = await desk.operations.pipeline();
  return consumers.find((status) => status.consumer === consumer);
}

async function requested(): Promise<readonly { id: string; redrives: number }[]> {
  const { rows } = await database.pool.query<{ id: string; redrives: number }>(
    'SELECT id, redrives FROM dead_letter WHERE redrive_requested_at IS NOT NULL ORDER BY id',
  );
  return rows;
}

describe('the list of dead letters', () => {
  test('holds each with its own copy of the event', async () => {
    await deadLetterEvents(1);
    await database.pool.query('TRUNCATE outbox');
    const { edges } = await desk.operations.deadLetters({ consumer: 'billing', first: 10 });
    expect(edges.map(({ node }) => node)).toEqual([
      expect.objectContaining({
        consumer: 'billing',
        error: 'It broke.',
        attempts: 5,
        failedAt: expect.any(Date),
        event: expect.objectContaining({ type: 'order.placed', position: expect.any(Number) }),
      }),
    ]);
  });

  test('is given newest first, page by page, each letter once', async () => {
    const { billing, shipping } = await deadLetterEvents(3);
    // all at one moment: the id decides
    await database.pool.query("UPDATE dead_letter SET failed_at = '2026-01-01T00:00:00.123Z'");
    const seen: string[] = [];
    let after: string | undefined;
    for (let more = true; more; ) {
      const page = await desk.operations.deadLetters({ first: 4, after });
      expect(page.pageInfo.hasPreviousPage).toBe(after !== undefined);
      seen.push(...page.edges.map(({ node }) => node.id));
      after = page.pageInfo.endCursor ?? undefined;
      more = page.pageInfo.hasNextPage;
    }
    expect(seen).toEqual([...billing, ...shipping].sort().reverse());
  });

  test.each(['', 'x', Buffer.from('now me').toString('base64url')])(
    'refuses the cursor "%s"',
    async (after) => {
      await expect(desk.operations.deadLetters({ first: 4, after })).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
      });
    },
  );
});

describe('where a consumer keeps order', () => {
  const letters = async () => {
    const { edges } = await desk.operations.deadLetters({ first: 10 });
    return Object.fromEntries(edges.map(({ node }) => [node.id, [node.status, node.waitsFor]]));
  };

  /** One that failed and two that wait for it, and one that failed with another key. */
  async function deadLetterKeys() {
    await database.pool.query(
      `UPDATE consumer SET lanes = 4, ordered_by = 'aggregate' WHERE name = 'billing'`,
    );
    const rows = await recordChain(database, 'one', [placed, placed, placed]);
    const [failed, second, third] = await deadLetterInOrder(database, 'billing', rows);
    const [other] = await deadLetterInOrder(
      database,
      'billing',
      await recordChain(database, 'two', [placed]),
    );
    return { failed: failed!, second: second!, third: third!, other: other! };
  }

  test('a letter that waits says for which, and stays when that is sent: it follows by itself', async () => {
    const { failed, second, third, other } = await deadLetterKeys();
    expect(await letters()).toEqual({
      [failed]: ['FAILED', null],
      [second]: ['WAITING', failed],
      [third]: ['WAITING', failed],
      [other]: ['FAILED', null],
    });
    expect(await statusOf('billing')).toMatchObject({ dead: 4, waiting: 2 });
    expect(await desk.operations.redrive({ consumer: 'billing' })).toBe(4);
    expect(await letters()).toEqual({
      [failed]: ['REDRIVEN', null],
      [second]: ['WAITING', failed],
      [third]: ['WAITING', failed],
      [other]: ['REDRIVEN', null],
    });
    // as the handler's commit does
    await database.pool.query('DELETE FROM dead_letter WHERE id = $1', [failed]);
    expect(await letters()).toMatchObject({ [second]: ['REDRIVEN', null], [third]: ['REDRIVEN', null] });
  });

  test('sending one that waits takes along what failed before it, and tells which', async () => {
    const { failed, third, other } = await deadLetterKeys();
    expect(await redrive(database.pool, { ids: [third, randomUUIDv7()] })).toEqual({
      count: 1,
      first: [failed],
    });
    expect(await requested()).toEqual([{ id: failed, redrives: 1 }]);
    expect(await redrive(database.pool, { ids: [failed, third, other] })).toEqual({ count: 3, first: [] });
    expect(await requested()).toEqual([failed, other].sort().map((id) => ({ id, redrives: 1 })));
  });

  test('one that waits for nothing that is left can be sent', async () => {
    const { failed, second, third } = await deadLetterKeys();
    await database.pool.query('UPDATE dead_letter SET ordering_key = NULL WHERE id = $1', [failed]);
    expect(await redrive(database.pool, { ids: [second] })).toEqual({ count: 1, first: [] });
    expect(await letters()).toMatchObject({ [second]: ['REDRIVEN', null], [third]: ['WAITING', null] });
  });

  test('discarding what failed sends what waits for it, and discarding what waits sends nothing', async () => {
    const { failed, second, third, other } = await deadLetterKeys();
    expect(await desk.operations.discard({ ids: [second] })).toBe(1);
    expect(await requested()).toEqual([]);
    expect(await desk.operations.discard({ ids: [failed] })).toBe(1);
    expect(await letters()).toEqual({ [third]: ['REDRIVEN', null], [other]: ['FAILED', null] });
  });

  test('discarding all of a consumer’s leaves none, those that wait included', async () => {
    await deadLetterKeys();
    expect(await desk.operations.discard({ consumer: 'billing' })).toBe(4);
    expect(await letters()).toEqual({});
    const { rows } = await database.pool.query('SELECT FROM inbox WHERE NOT handled');
    expect(rows).toHaveLength(4);
  });
});

describe('redrive', () => {
  test('asks for the letters that are named, or for a consumer’s all, and gives how many', async () => {
    const { billing, shipping } = await deadLetterEvents(2);
    expect(await desk.operations.redrive({ ids: [billing[0]!, randomUUIDv7()] })).toBe(1);
    expect(await requested()).toEqual([{ id: billing[0], redrives: 1 }]);
    expect(await desk.operations.redrive({ consumer: 'shipping' })).toBe(2);
    expect(await requested()).toHaveLength(3);
    expect(await desk.operations.redrive({ ids: [shipping[0]!], consumer: 'billing' })).toBe(0);
  });

  test('asked for twice is one redrive, until the letter has failed again', async () => {
    const { billing } = await deadLetterEvents(1);
    await desk.operations.redrive({ consumer: 'billing' });
    await desk.operations.redrive({ consumer: 'billing' });
    expect(await requested()).toEqual([{ id: billing[0], redrives: 1 }]);
    await database.pool.query('UPDATE dead_letter SET redrive_requested_at = NULL');
    await desk.operations.redrive({ consumer: 'billing' });
    expect(await requested()).toEqual([{ id: billing[0], redrives: 2 }]);
  });
});

describe('discard', () => {
  test('takes the letters away and notes their events as done with, so that nothing brings them back', async () => {
    const { billing } = await deadLetterEvents(2);
    expect(await desk.operations.discard({ ids: [billing[0]!] })).toBe(1);
    expect(await desk.operations.discard({ consumer: 'billing' })).toBe(1);
    const { rows } = await database.pool.query('SELECT consumer, handled FROM inbox');
    expect(rows).toEqual([
      { consumer: 'billing', handled: false },
      { consumer: 'billing', handled: false },
    ]);
    const left = await desk.operations.deadLetters({ first: 10 });
    expect(left.edges.map(({ node }) => node.consumer)).toEqual(['shipping', 'shipping']);
  });
});

describe.each(['redrive', 'discard'] as const)('%s', (action) => {
  test('is refused when it names neither ids nor a consumer, or ids that are none', async () => {
    await expect(desk.operations[action]({})).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(desk.operations[action]({ ids: ['7'] })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test('knows consumers by registration or by what they left behind', async () => {
    await expect(desk.operations[action]({ consumer: 'nobody' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await deadLetterEvents(1);
    await database.pool.query("DELETE FROM consumer WHERE name = 'billing'");
    expect(await desk.operations[action]({ consumer: 'billing' })).toBe(1);
  });
});
