import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Cause, type Envelope, eventCause } from '../../src/events/envelope.ts';
import { createOutbox, type Outbox, record, recordBecause, type Tx } from '../../src/outbox/transaction.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { cause, event, occurredAt, readRecorded } from './counted.ts';

let testDatabase: TestDatabase;
let outbox: Outbox;
/** What was committed at each nudge, as another connection saw it */
let nudges: Promise<readonly Envelope[]>[];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const nudge = () => void nudges.push(recorded());
  outbox = createOutbox({ ...testDatabase.database, nudge });
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  nudges = [];
  await testDatabase.database.pool.query('TRUNCATE outbox, video');
});

const addVideo = (tx: Tx, id: string) => tx.video.create({ data: { id, title: id } });
const videos = () => testDatabase.database.prisma.video.count();
const recorded = () => readRecorded(testDatabase.database.pool);

describe('state and events', () => {
  test('are committed together, and the result of the work is given', async () => {
    const result = await outbox.transaction(cause, async (tx) => {
      await addVideo(tx, 'metropolis');
      record(tx, event(1));
      return 'done';
    });
    expect(result).toBe('done');
    expect(await videos()).toBe(1);
    expect(await recorded()).toHaveLength(1);
  });

  test('are both gone when the work throws after it recorded', async () => {
    const work = outbox.transaction(cause, async (tx) => {
      await addVideo(tx, 'metropolis');
      record(tx, event(1));
      throw new Error('changed its mind');
    });
    await expect(work).rejects.toThrow('changed its mind');
    expect(await videos()).toBe(0);
    expect(await recorded()).toEqual([]);
    expect(nudges).toEqual([]);
  });

  test('are both gone when the events cannot be written', async () => {
    const unstorable = { ...event(1), payload: { text: 'a\0b' } };
    const work = outbox.transaction(cause, async (tx) => {
      await addVideo(tx, 'metropolis');
      record(tx, event(1), unstorable);
    });
    await expect(work).rejects.toThrow();
    expect(await videos()).toBe(0);
    expect(await recorded()).toEqual([]);
    expect(nudges).toEqual([]);
  });
});

describe('record', () => {
  test('throws outside of a transaction of the outbox', async () => {
    const { prisma } = testDatabase.database;
    expect(() => record(prisma, event(1))).toThrow('needs an open transaction');
    await prisma.$transaction(async (tx) => {
      expect(() => record(tx, event(1))).toThrow('needs an open transaction');
    });
  });

  test('throws once its transaction is over, committed or rolled back', async () => {
    let ended: Tx | undefined;
    await outbox.transaction(cause, async (tx) => {
      ended = tx;
    });
    expect(() => record(ended!, event(1))).toThrow('needs an open transaction');
    await outbox
      .transaction(cause, async (tx) => {
        ended = tx;
        throw new Error('rolled back');
      })
      .catch(() => {});
    expect(() => record(ended!, event(1))).toThrow('needs an open transaction');
  });

  test('gives positions in the order in which it was called, in one or in many calls', async () => {
    await outbox.transaction(cause, async (tx) => {
      record(tx, event(1));
      await addVideo(tx, 'metropolis');
      record(tx, ...Array.from({ length: 500 }, (_, n) => event(n + 2)));
      record(tx, event(502));
    });
    expect((await recorded()).map(({ aggregateVersion }) => aggregateVersion)).toEqual(
      Array.from({ length: 502 }, (_, n) => n + 1),
    );
  });

  test('fills the envelope from the event, its definition and the cause', async () => {
    await outbox.transaction(cause, async (tx) => record(tx, event(7)));
    const [envelope] = await recorded();
    expect(envelope).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/),
      type: 'test.counted',
      schemaVersion: 1,
      topic: 'test',
      aggregateType: 'counter',
      aggregateId: 'counter',
      aggregateVersion: 7,
      occurredAt: occurredAt.toISOString(),
      correlationId: 'request',
      causationId: null,
      actor: 'ann',
      depth: 0,
      via: [],
      keys: ['n:7'],
      payload: { n: 7 },
    });
  });

  test('carries the cause of an event on: same request and actor, one step deeper', async () => {
    await outbox.transaction(cause, async (tx) => record(tx, event(1)));
    const [first] = await recorded();
    await outbox.transaction(eventCause(first!, 'mailer'), async (tx) => record(tx, event(2)));
    const [, second] = await recorded();
    expect(second).toMatchObject({
      correlationId: 'request',
      causationId: first!.id,
      actor: 'ann',
      depth: 1,
      via: ['mailer'],
    });
  });

  test('takes a cause for each event where one transaction handles several', async () => {
    const other: Cause = { correlationId: 'other', causationId: null, actor: null, depth: 3, via: [] };
    await outbox.transaction(cause, async (tx) => {
      recordBecause(tx, other, event(1));
      record(tx, event(2));
    });
    expect((await recorded()).map(({ correlationId, depth }) => [correlationId, depth])).toEqual([
      ['other', 3],
      ['request', 0],
    ]);
  });
});

describe('the relay is nudged', () => {
  test('once per transaction, when others can already read its events', async () => {
    await outbox.transaction(cause, async (tx) => {
      record(tx, event(1));
      expect(nudges).toEqual([]);
      record(tx, event(2));
    });
    expect(nudges).toHaveLength(1);
    expect(await nudges[0]).toHaveLength(2);
  });

  test('not for a transaction without events', async () => {
    await outbox.transaction(cause, async (tx) => addVideo(tx, 'metropolis'));
    expect(nudges).toEqual([]);
  });
});
