import type { LogEvent } from '../../events/envelope.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { PermanentError } from '../errors.ts';
import { type TimedEvent, type WindowRules, windowStart } from './advance.ts';
import { readBounds } from './watermark.ts';

/** What is said of the events by their declaration. */
export interface Timing<Event> {
  readonly name: string;
  readonly maxAheadMs: number;
  readonly key: (event: Event) => string;
  readonly rules: Pick<WindowRules<unknown, never>, 'sizeMs' | 'allowedLatenessMs'>;
}

/** The events with what Postgres knows of them: how far they may move the watermark, and who asked for them. */
export async function timeEvents<Event extends LogEvent>(
  tx: Tx,
  { name, maxAheadMs, key, rules: { sizeMs, allowedLatenessMs } }: Timing<Event>,
  events: readonly Event[],
  watermarkMs: number,
): Promise<readonly TimedEvent<Event>[]> {
  const times = events.map((event) => ({ event, position: event.position, atMs: timeOf(event) }));
  const newer = times.filter(({ atMs }) => atMs - allowedLatenessMs > watermarkMs);
  const bounds = await readBounds(tx, newer, maxAheadMs);
  // one that is redriven comes after what has closed its window
  const late = times.filter(({ atMs }) => windowStart(atMs, sizeMs) + sizeMs <= watermarkMs);
  const redriven = await readRedriven(tx, name, late);
  return times.map(({ event, position, atMs }) => ({
    event,
    key: key(event),
    atMs,
    boundMs: bounds.get(position) ?? atMs,
    isRedriven: redriven.has(event.id),
  }));
}

function timeOf({ id, occurredAt }: LogEvent): number {
  const ms = Date.parse(occurredAt);
  if (Number.isNaN(ms)) throw new PermanentError(`event ${id} happened at no time: ${occurredAt}`);
  return ms;
}

/** The ids of those whose dead letter somebody asked to have handled again. */
async function readRedriven(
  tx: Tx,
  processor: string,
  events: readonly { readonly event: LogEvent }[],
): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set();
  const ids = events.map(({ event }) => event.id);
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT event_id::text AS id FROM dead_letter
     WHERE consumer = ${processor} AND event_id = ANY (${ids}::uuid[]) AND redrive_requested_at IS NOT NULL`;
  return new Set(rows.map(({ id }) => id));
}
