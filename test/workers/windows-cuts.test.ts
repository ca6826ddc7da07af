import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LogEvent, requestCause } from '../../src/events/envelope.ts';
import { searchOutbox } from '../../src/outbox/read-outbox.ts';
import { createOutbox } from '../../src/outbox/transaction.ts';
import { callHandler, type HandledEvent } from '../../src/workers/call-handler.ts';
import type { LateEvents } from '../../src/workers/windows/declaration.ts';
import { logger } from '../relay/support.ts';
import { createTestDatabase } from '../support/database.ts';
import { base, minuteMs, minutes, minutesClosed } from './windows-support.ts';

interface Watch {
  readonly video: string;
  readonly recordedMs: number;
  /** Below 0 when the event comes late, above it when a clock is wrong */
  readonly aheadMs: number;
}

const watch: fc.Arbitrary<Watch> = fc.record({
  video: fc.constantFrom('a', 'b', 'c'),
  recordedMs: fc.integer({ min: 0, max: 6 * minuteMs }),
  aheadMs: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -12_000, max: 0 }) },
    { weight: 2, arbitrary: fc.integer({ min: -5 * minuteMs, max: 0 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 90 * minuteMs }) },
  ),
});

const story = fc
  .array(watch, { minLength: 1, maxLength: 25 })
  .map((watches) => watches.toSorted((one, other) => one.recordedMs - other.recordedMs));

/** Where the story is cut into batches, and which of them are rolled back once, as by a kill before the commit */
const cuts = fc.array(fc.record({ length: fc.integer({ min: 1, max: 15 }), isKilled: fc.boolean() }), {
  minLength: 1,
  maxLength: 10,
});
type Cuts = readonly { readonly length: number; readonly isKilled: boolean }[];

const policies: readonly LateEvents[] = [
  { late: 'ignore' },
  { late: 'reopen', keepClosedMs: 2 * minuteMs },
  { late: 'park', keepClosedMs: 0 },
];

async function openLog() {
  const own = await createTestDatabase();
  const { pool, prisma } = own.database;
  const outbox = createOutbox({ prisma, pool, nudge: () => {} });

  const tell = async (watches: readonly Watch[]): Promise<readonly LogEvent[]> => {
    await pool.query('DELETE FROM outbox');
    const values = JSON.stringify(watches.map((each, n) => ({ ...each, n })));
    const recorded = `$2::timestamptz + "recordedMs" * interval '1 ms'`;
    await pool.query(
      `INSERT INTO outbox (id, topic, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                           occurred_at, recorded_at, correlation_id, depth, keys, payload)
       SELECT gen_random_uuid(), 'test', 'video.watched', 1, 'watch', n, 1,
              ${recorded} + "aheadMs" * interval '1 ms', ${recorded}, 'test', 0, '{}',
              jsonb_build_object('video', video, 'n', n)
         FROM jsonb_to_recordset($1) AS watch (n int, video text, "recordedMs" int, "aheadMs" int) ORDER BY n`,
      [values, new Date(base)],
    );
    const rows = await searchOutbox(pool, { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 1_000 });
    return rows.map(({ position, envelope }) => ({ ...JSON.parse(envelope), position }));
  };

  /** All that there is after the events were handled in these batches, the cuts being used again and again. */
  const handle = async (late: LateEvents, events: readonly LogEvent[], batches: Cuts) => {
    for (const table of ['processor_window', 'processor_watermark', 'dead_letter']) {
      await pool.query(`DELETE FROM ${table}`);
    }
    await pool.query(`DELETE FROM outbox WHERE type = 'video.minute_closed'`);
    const reaction = minutes(late);
    const { signal } = new AbortController();
    for (let n = 0, done = 0; done < events.length; n += 1) {
      const { length, isKilled } = batches[n % batches.length]!;
      const batch = events.slice(done, done + length);
      const handleIt = (isLost: boolean) =>
        outbox.transaction(requestCause('test'), async (tx) => {
          await callHandler(reaction, tx, batch as HandledEvent[], { signal, logger });
          if (isLost) throw new Error('killed');
        });
      if (isKilled) await expect(handleIt(true)).rejects.toThrow('killed');
      await handleIt(false);
      done += batch.length;
    }
    const all = async (sql: string) => (await pool.query(sql)).rows;
    return {
      told: (await all(minutesClosed)).map(({ told }) => told as string),
      windows: await all('SELECT * FROM processor_window ORDER BY window_start, key'),
      watermark: await all('SELECT watermark, ignored, reopened, parked, ahead FROM processor_watermark'),
      parked: await all('SELECT event_id, error, attempts FROM dead_letter ORDER BY position'),
    };
  };
  return { ...own, tell, handle };
}

test.for(policies)('windows are the same however their events are cut: $late', async (late) => {
  await using log = await openLog();
  await fc.assert(
    fc.asyncProperty(story, cuts, async (watches, batches) => {
      const events = await log.tell(watches);
      const alone = await log.handle(late, events, [{ length: 1, isKilled: false }]);
      expect(await log.handle(late, events, batches)).toEqual(alone);

      const newest = new Map(alone.told.map((told) => told.split(/ v\d+: /) as [string, string]));
      const open = alone.windows.filter(({ version }) => version === 0).flatMap(({ state }) => state.numbers);
      const counted = [...[...newest.values()].flatMap((numbers) => numbers.split(',').map(Number)), ...open];
      expect(new Set(counted).size, 'events that are in two windows').toBe(counted.length);
      const { ignored } = alone.watermark[0];
      expect(counted.length + ignored + alone.parked.length, 'events that are somewhere').toBe(events.length);
    }),
    { numRuns: 12 },
  );
});
