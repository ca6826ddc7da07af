import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvent } from '../../src/events/define-event.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { defineAggregate, fact } from '../../src/history/aggregate.ts';
import { createHistory } from '../../src/history/history.ts';
import { createOutbox } from '../../src/outbox/transaction.ts';
import { createTestDatabase } from '../support/database.ts';

const counted = defineEvent('test.counted', z.object({ n: z.int() }), { topic: 'test', aggregateType: 'counter' });
const counter = defineAggregate({
  type: 'counter',
  events: [counted],
  initial: { sum: 0n },
  evolve: (state: { sum: bigint }, event) => ({ sum: state.sum + BigInt(event.payload.n) }),
  snapshots: {
    every: 10,
    schemaVersion: 1,
    schema: z.object({ sum: z.codec(z.string(), z.bigint(), { decode: (s) => BigInt(s), encode: (b) => String(b) }) }),
  },
});

test('smoke', async () => {
  const testDatabase = await createTestDatabase();
  const outbox = createOutbox({ ...testDatabase.database, nudge: () => {} });
  const history = createHistory(outbox);
  const cause = requestCause('c');
  const add = (n: number, h = history) => h.change(cause, counter, 'a', { now: new Date(), decide: () => [fact(counted, { n })] });
  for (let i = 1; i <= 25; i += 1) expect((await add(i)).version).toBe(i);
  const others = Array.from({ length: 4 }, () => createHistory(outbox));
  const t = performance.now();
  await Promise.all(Array.from({ length: 200 }, (_, i) => add(1, others[i % 4])));
  console.log('200 over 4', performance.now() - t);
  const t2 = performance.now();
  await Promise.all(Array.from({ length: 200 }, () => add(1)));
  console.log('200 over 1', performance.now() - t2);
  expect(await createHistory(outbox).load(counter, 'a')).toMatchObject({ version: 425, state: { sum: 325n + 400n } });
  expect(await history.load(counter, 'a', { version: 17 })).toMatchObject({ version: 17, state: { sum: 153n } });
  const at = (await history.load(counter, 'a', { version: 17 })).occurredAt!;
  console.log(await history.load(counter, 'a', { at }));
  const { rows } = await testDatabase.database.pool.query('SELECT count(*)::int, max(version) FROM history_snapshot');
  console.log(rows);
  await testDatabase.drop();
});
