/** The windows of a slot in Postgres. Its checkpoint is locked by then, so that nobody else is at them. */
import type { Tx } from '../../outbox/transaction.ts';
import { type TimedEvent, type Window, type WindowRules, windowStart } from './advance.ts';
import type { StateFormat } from './state.ts';

export interface SlotOf {
  readonly processor: string;
  readonly slot: number;
}

interface WindowRow extends Omit<Window<unknown>, 'state'> {
  readonly state: unknown;
}

/**
 * Those that the events fall into, and the open ones that end before the watermark can get to. Uses the primary key for
 * the former and processor_window_processor_slot_version_window_start_idx for the latter.
 */
export async function readWindows<State>(
  tx: Tx,
  { processor, slot }: SlotOf,
  { sizeMs, allowedLatenessMs }: Pick<WindowRules<unknown, never>, 'sizeMs' | 'allowedLatenessMs'>,
  events: readonly Pick<TimedEvent<unknown>, 'atMs' | 'key'>[],
  format: StateFormat<State>,
): Promise<readonly Window<State>[]> {
  const newestMs = events.reduce((ms, { atMs }) => Math.max(ms, atMs), Number.NEGATIVE_INFINITY);
  const dueUpToMs = newestMs - allowedLatenessMs - sizeMs;
  const places = events.map(({ atMs, key }) => ({ startMs: windowStart(atMs, sizeMs), key }));
  const rows = await tx.$queryRaw<WindowRow[]>`
    SELECT extract(epoch FROM window_start)::float8 * 1000 AS "startMs", key, state, events, version
      FROM processor_window
     WHERE processor = ${processor} AND slot = ${slot} AND version = 0
       AND window_start <= to_timestamp(${dueUpToMs}::float8 / 1000)::timestamptz(3)
     UNION ALL
    SELECT extract(epoch FROM window_start)::float8 * 1000, key, state, events, version
      FROM (SELECT DISTINCT * FROM json_to_recordset(${JSON.stringify(places)}::json)
              AS place ("startMs" float8, key text)) AS place
      JOIN processor_window USING (key)
     WHERE processor = ${processor} AND slot = ${slot} AND window_start = to_timestamp("startMs" / 1000)::timestamptz(3)
       AND NOT (version = 0 AND window_start <= to_timestamp(${dueUpToMs}::float8 / 1000)::timestamptz(3))`;
  return rows.map((row) => ({ ...row, startMs: Math.round(row.startMs), state: format.read(row.state) }));
}

/** Writes the windows as they are. */
export async function saveWindows<State>(
  tx: Tx,
  { processor, slot }: SlotOf,
  windows: readonly Window<State>[],
  format: StateFormat<State>,
): Promise<void> {
  if (windows.length === 0) return;
  const rows = windows.map((window) => ({ ...window, state: format.write(window.state) }));
  await tx.$executeRaw`
    INSERT INTO processor_window (processor, slot, window_start, key, state, events, version)
    SELECT ${processor}, ${slot}::int, to_timestamp("startMs" / 1000)::timestamptz(3), key, state::json, events, version
      FROM json_to_recordset(${JSON.stringify(rows)}::json)
        AS saved ("startMs" float8, key text, state text, events int, version int)
    ON CONFLICT (processor, slot, window_start, key) DO UPDATE
       SET state = excluded.state, events = excluded.events, version = excluded.version`;
}

/** Drops the windows that start up to a time. Uses the primary key. */
export async function dropWindows(tx: Tx, { processor, slot }: SlotOf, upToMs: number): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM processor_window
     WHERE processor = ${processor} AND slot = ${slot}
       AND window_start <= to_timestamp(${upToMs}::float8 / 1000)::timestamptz(3)`;
}
