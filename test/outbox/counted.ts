/** An event for tests of who writes the outbox, and what they have written. */
import type { Pool } from 'pg';
import { z } from 'zod';
import { defineEvent } from '../../src/events/define-event.ts';
import { type Envelope, requestCause } from '../../src/events/envelope.ts';
import { readOutbox } from '../../src/outbox/read-outbox.ts';

const counted = defineEvent('test.counted', z.object({ n: z.number() }), {
  topic: 'test',
  aggregateType: 'counter',
  keys: { n: ({ n }) => String(n) },
});

export const occurredAt = new Date('2026-03-01T12:00:00.123Z');

export const event = (n: number) =>
  counted.of({ aggregateId: 'counter', aggregateVersion: n, occurredAt, payload: { n } });

export const cause = requestCause('request', 'ann');

/** Everything that is committed, in position order. */
export async function readRecorded(pool: Pool): Promise<readonly Envelope[]> {
  const rows = await readOutbox(pool, { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 10_000 });
  return rows.map((row) => JSON.parse(row.envelope) as Envelope);
}
