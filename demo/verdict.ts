/** Compares what a subscriber received with what was committed. Pure. */

/** An event as the outbox holds it. */
export interface Recorded {
  readonly id: string;
  readonly position: number;
  readonly type: string;
  readonly keys: readonly string[];
  /** Type and id */
  readonly aggregate: string;
  readonly aggregateVersion: number;
  /** When PostgreSQL committed it, ms since 1970 */
  readonly committedAt: number;
}

/** An event as a subscriber received it. */
export interface Arrival {
  readonly id: string;
  /** ms since 1970, by the same clock as `committedAt` */
  readonly at: number;
}

export interface Verdict {
  /** Events that arrived, each counted once */
  readonly delivered: number;
  /** Committed, and never arrived */
  readonly lost: number;
  /** Arrivals beyond the first of an event */
  readonly doubled: number;
  /** Arrived after an event of a later position, or of the same aggregate and no smaller version */
  readonly reordered: number;
  /** Arrived, and were never committed */
  readonly phantom: number;
}

/** `recorded` is all that should arrive, `arrivals` is what did, in that order. */
export function judge(recorded: Iterable<Recorded>, arrivals: Iterable<Arrival>): Verdict {
  const expected = new Map<string, Recorded>();
  for (const event of recorded) expected.set(event.id, event);
  const seen = new Set<string>();
  const versions = new Map<string, number>();
  let position = 0;
  const wrong = { doubled: 0, reordered: 0, phantom: 0 };
  for (const { id } of arrivals) {
    const event = expected.get(id);
    if (!event) {
      wrong.phantom += 1;
    } else if (seen.has(id)) {
      wrong.doubled += 1;
    } else {
      seen.add(id);
      const version = versions.get(event.aggregate) ?? 0;
      if (event.position <= position || event.aggregateVersion <= version) wrong.reordered += 1;
      position = Math.max(position, event.position);
      versions.set(event.aggregate, Math.max(version, event.aggregateVersion));
    }
  }
  return { ...wrong, delivered: seen.size, lost: expected.size - seen.size };
}

export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** From commit to the first arrival, in ms, of the events recorded in a range of positions; undefined without any. */
export function latencyOf(
  recorded: Iterable<Recorded>,
  arrivals: Iterable<Arrival>,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): Latency | undefined {
  const committed = new Map<string, number>();
  for (const { id, position, committedAt } of recorded) {
    if (position > after && position <= upTo) committed.set(id, committedAt);
  }
  const waits: number[] = [];
  for (const { id, at } of arrivals) {
    const committedAt = committed.get(id);
    if (committedAt !== undefined) waits.push(at - committedAt);
    committed.delete(id);
  }
  if (waits.length === 0) return undefined;
  waits.sort((one, other) => one - other);
  return { p50: percentile(waits, 0.5), p99: percentile(waits, 0.99) };
}

/** The smallest value that this share of the values does not exceed. */
function percentile(sorted: readonly number[], share: number): number {
  return Math.round(sorted[Math.ceil(sorted.length * share) - 1]! * 10) / 10;
}
