/** What each subscriber had to receive against what it did receive. */

export interface Verdict {
  /** Events that never came */
  readonly lost: number;
  /** Times that an event came again */
  readonly doubled: number;
  /** Events that came after one that follows them in the log */
  readonly reordered: number;
}

/** `expected` is in the order of the log. Throws when something came that this subscriber had not asked for. */
export function judge<Id>(expected: readonly Id[], received: readonly Id[]): Verdict {
  const places = new Map<Id, number>(expected.map((id, place) => [id, place]));
  const seen = new Set<Id>();
  let furthest = -1;
  let reordered = 0;
  for (const id of received) {
    const place = places.get(id);
    if (place === undefined) throw new Error(`event ${id} was not meant for the subscriber that received it`);
    if (seen.has(id)) continue;
    seen.add(id);
    if (place < furthest) reordered += 1;
    else furthest = place;
  }
  return { lost: expected.length - seen.size, doubled: received.length - seen.size, reordered };
}

export function sum(verdicts: readonly Verdict[]): Verdict {
  const total = (figure: keyof Verdict) => verdicts.reduce((whole, verdict) => whole + verdict[figure], 0);
  return { lost: total('lost'), doubled: total('doubled'), reordered: total('reordered') };
}
