/**
 * What a series of events does to a slot's windows. Event by event, so that it comes to the same however the series is
 * cut: no clock, no store.
 */

/** A window of one key. */
export interface Window<State> {
  readonly startMs: number;
  readonly key: string;
  readonly state: State;
  /** How many events are folded into it */
  readonly events: number;
  /** How often it was closed; 0 while it is open */
  readonly version: number;
}

export interface TimedEvent<Event> {
  readonly event: Event;
  readonly key: string;
  readonly atMs: number;
  /** The latest time that it may be taken for, where that moves the watermark */
  readonly boundMs: number;
  /** Somebody asked to have it handled although it is late */
  readonly isRedriven: boolean;
}

export type LatePolicy = 'ignore' | 'reopen' | 'park';

export interface WindowRules<State, Event> {
  readonly sizeMs: number;
  readonly allowedLatenessMs: number;
  readonly late: LatePolicy;
  readonly keepClosedMs: number;
  /** The state of a window after its first event, or after one more */
  fold(state: State | undefined, event: Event): State;
  copy(state: State): State;
}

export interface Late {
  ignored: number;
  reopened: number;
  parked: number;
  /** Not late but early: its time ran too far ahead to move the watermark as far */
  ahead: number;
}

export interface Advance<State, Event> {
  readonly watermarkMs: number;
  /** As they are in the end: those that were given, changed or not, and new ones */
  readonly windows: readonly Window<State>[];
  /** In order, each with the event that closed or corrected the window */
  readonly closings: readonly { readonly window: Window<State>; readonly cause: Event }[];
  readonly parked: readonly { readonly event: Event; readonly reason: string }[];
  readonly counts: Readonly<Late>;
}

/** The start of the window that holds this time, ms since the epoch. */
export const windowStart = (atMs: number, sizeMs: number): number => Math.floor(atMs / sizeMs) * sizeMs;

/**
 * `windows` must hold those that the events fall into, and all open ones that end before the watermark gets there. Throws
 * for a redriven event whose window is no longer kept.
 */
export function advance<State, Event>(
  rules: WindowRules<State, Event>,
  before: { readonly watermarkMs: number; readonly windows: readonly Window<State>[] },
  events: readonly TimedEvent<Event>[],
): Advance<State, Event> {
  const { sizeMs, allowedLatenessMs, late, keepClosedMs } = rules;
  const windows = new Map(before.windows.map((window) => [idOf(window), window]));
  const closings: { window: Window<State>; cause: Event }[] = [];
  const parked: { event: Event; reason: string }[] = [];
  const counts: Late = { ignored: 0, reopened: 0, parked: 0, ahead: 0 };
  let { watermarkMs } = before;
  let nextStartMs = before.windows.filter(isOpen).reduce(earliest, Number.POSITIVE_INFINITY);

  const foldIn = ({ startMs, key }: Place, event: Event): Window<State> => {
    const known = windows.get(idOf({ startMs, key }));
    // what a closing has seen stays as it was, also when the fold changes its state in place
    const state = known?.version ? rules.copy(known.state) : known?.state;
    const { events: count = 0, version = 0 } = known ?? {};
    return { startMs, key, state: rules.fold(state, event), events: count + 1, version };
  };
  const close = (window: Window<State>, cause: Event) => {
    const closed = { ...window, version: window.version + 1 };
    windows.set(idOf(closed), closed);
    closings.push({ window: closed, cause });
  };
  const closeDue = (cause: Event) => {
    if (nextStartMs + sizeMs > watermarkMs) return;
    const open = [...windows.values()].filter(isOpen).sort(byPlace);
    const due = open.filter(({ startMs }) => startMs + sizeMs <= watermarkMs);
    for (const window of due) close(window, cause);
    nextStartMs = open[due.length]?.startMs ?? Number.POSITIVE_INFINITY;
  };
  const takeLate = (place: Place, { event, isRedriven }: TimedEvent<Event>) => {
    const text = `late: the window from ${new Date(place.startMs).toISOString()} of ${place.key} is closed`;
    const isKept = place.startMs + sizeMs + keepClosedMs > watermarkMs;
    if (late === 'ignore') counts.ignored += 1;
    else if (isKept && (late === 'reopen' || isRedriven)) {
      counts.reopened += 1;
      close(foldIn(place, event), event);
    } else if (isRedriven) throw new Error(`${text} and no longer kept: discard the event`);
    else {
      counts.parked += 1;
      parked.push({ event, reason: isKept ? text : `${text} and no longer kept` });
    }
  };

  for (const timed of events) {
    const { event, key, atMs, boundMs } = timed;
    const place = { startMs: windowStart(atMs, sizeMs), key };
    if (place.startMs + sizeMs <= watermarkMs) takeLate(place, timed);
    else {
      const window = foldIn(place, event);
      windows.set(idOf(window), window);
      nextStartMs = Math.min(nextStartMs, window.startMs);
    }
    if (atMs - allowedLatenessMs <= watermarkMs) continue;
    if (boundMs < atMs) counts.ahead += 1;
    watermarkMs = Math.max(watermarkMs, Math.min(atMs, boundMs) - allowedLatenessMs);
    closeDue(event);
  }
  return { watermarkMs, windows: [...windows.values()], closings, parked, counts };
}

type Place = Pick<Window<unknown>, 'startMs' | 'key'>;

const idOf = ({ startMs, key }: Place) => `${startMs} ${key}`;
const isOpen = ({ version }: Window<unknown>) => version === 0;
const earliest = (ms: number, { startMs }: Place) => Math.min(ms, startMs);

/** The same order everywhere, whatever the locale. */
function byPlace(one: Place, other: Place): number {
  return one.startMs - other.startMs || (one.key < other.key ? -1 : 1);
}
