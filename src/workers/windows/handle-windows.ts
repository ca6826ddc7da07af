import type { LogEvent } from '../../events/envelope.ts';
import { placeOf } from '../../log/place-of.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { writeDeadLetter } from '../dead-letters.ts';
import type { BatchContext } from '../reaction.ts';
import { advance, type WindowRules } from './advance.ts';
import type { ClosedWindow, WindowContext } from './declaration.ts';
import type { StateFormat } from './state.ts';
import { timeEvents } from './time-events.ts';
import { readWatermark, saveWatermark } from './watermark.ts';
import { dropWindows, readWindows, type SlotOf, saveWindows } from './window-rows.ts';

export interface Windows<State, Event extends LogEvent> {
  readonly name: string;
  readonly slots: number;
  readonly maxAheadMs: number;
  readonly key: (event: Event) => string;
  readonly rules: WindowRules<State, Event>;
  readonly format: StateFormat<State>;
  readonly closed: (tx: Tx, window: ClosedWindow<State>, context: WindowContext) => Promise<void>;
}

/** Takes a batch of one slot into its windows, in the batch's transaction. */
export async function handleWindows<State, Event extends LogEvent>(
  tx: Tx,
  events: readonly Event[],
  context: BatchContext,
  windows: Windows<State, Event>,
): Promise<void> {
  const { name, rules, format } = windows;
  const { sizeMs, keepClosedMs } = rules;
  const slot = slotOf(windows, events);
  const watermarkMs = await readWatermark(tx, slot, sizeMs);
  const timed = await timeEvents(tx, windows, events, watermarkMs);
  const before = await readWindows(tx, slot, rules, timed, format);
  const after = advance(rules, { watermarkMs, windows: before }, timed);

  // before the callbacks: what they do to a state that they are given is not kept
  const known = new Set(before);
  // all others are closed, and go
  const isKept = ({ startMs }: { startMs: number }) => startMs + sizeMs + keepClosedMs > after.watermarkMs;
  const changed = after.windows.filter((window) => !known.has(window) && isKept(window));
  await saveWindows(tx, slot, changed, format);
  if (after.watermarkMs > watermarkMs) await dropWindows(tx, slot, after.watermarkMs - sizeMs - keepClosedMs);
  await saveWatermark(tx, slot, sizeMs, after.watermarkMs, after.counts);
  for (const { event, reason } of after.parked) {
    await writeDeadLetter(tx, { consumer: { name }, event, error: reason, attempts: 1 });
  }
  const { now, signal, logger } = context;
  for (const { window, cause } of after.closings) {
    signal.throwIfAborted();
    const record: WindowContext['record'] = (...news) => context.record(cause, ...news);
    const { startMs, ...rest } = window;
    const closed = { ...rest, start: new Date(startMs), end: new Date(startMs + sizeMs) };
    await windows.closed(tx, closed, { now, signal, logger, record });
  }
}

/** The slot that the events fall to. Throws when they fall to several: a window would be split between them. */
function slotOf<State, Event extends LogEvent>(
  { name, slots, key }: Windows<State, Event>,
  events: readonly Event[],
): SlotOf {
  const [slot = 0, ...others] = new Set(events.map((event) => placeOf(key(event), slots)));
  if (others.length > 0) throw new Error(`processor "${name}": its slots are not those of its windows' keys`);
  return { processor: name, slot };
}
