/** Compares what every client saw with what was committed. Pure. */
import type { Arrival, Recorded } from '../demo/verdict.ts';
import type { Acknowledged } from './writers/viewers.ts';

/** One thing that is not as it should be, with an event and who tells of it. */
export interface Wrong {
  readonly kind: 'lost' | 'phantom' | 'doubled' | 'reordered';
  readonly eventId: string;
  /** The client, or where else it shows */
  readonly where: string;
  /** In one sentence */
  readonly what: string;
  /** When it showed, ms since 1970; undefined for what never came */
  readonly at?: number;
}

/** Events in the order of their positions; each aggregate's versions have to count from 1 in that order. */
export function judgeLog(recorded: readonly Recorded[]): readonly Wrong[] {
  const versions = new Map<string, number>();
  return recorded.flatMap(({ id, aggregate, aggregateVersion }): Wrong[] => {
    const before = versions.get(aggregate) ?? 0;
    versions.set(aggregate, aggregateVersion);
    if (aggregateVersion === before + 1) return [];
    const what = `it is version ${aggregateVersion} of ${aggregate} and comes after version ${before}`;
    const kind = aggregateVersion === before ? 'doubled' : aggregateVersion < before ? 'reordered' : 'lost';
    return [{ kind, eventId: id, where: 'the outbox', what }];
  });
}

/**
 * `expected` is all that should arrive, in position order; `arrivals` is what did, in that order. Reordered is what
 * comes after a later version of its aggregate, or, unless that was not promised, after a later position.
 */
export function judgeArrivals(
  where: string,
  expected: readonly Recorded[],
  arrivals: readonly Arrival[],
  { inPositionOrder = true }: { readonly inPositionOrder?: boolean } = {},
): readonly Wrong[] {
  const wanted = new Map(expected.map((event) => [event.id, event]));
  const seen = new Map<string, number>();
  const versions = new Map<string, number>();
  const wrongs: Wrong[] = [];
  let position = 0;
  for (const { id, at } of arrivals) {
    const event = wanted.get(id);
    const wrong = (kind: Wrong['kind'], what: string) => wrongs.push({ kind, eventId: id, where, what, at });
    if (!event) {
      wrong('phantom', 'it arrived, and was never committed, or not meant for this subscription');
    } else if (seen.has(id)) {
      wrong('doubled', `it had arrived ${at - seen.get(id)!} ms before`);
    } else {
      seen.set(id, at);
      const version = versions.get(event.aggregate) ?? 0;
      if (inPositionOrder && event.position <= position)
        wrong('reordered', `position ${position} had arrived before it`);
      else if (event.aggregateVersion <= version)
        wrong('reordered', `version ${version} of ${event.aggregate} had arrived before it`);
      position = Math.max(position, event.position);
      versions.set(event.aggregate, Math.max(version, event.aggregateVersion));
    }
  }
  for (const { id } of expected) {
    if (!seen.has(id)) wrongs.push({ kind: 'lost', eventId: id, where, what: 'it never arrived' });
  }
  return wrongs;
}

/** How many of the events arrived at each of these. */
export function countDelivered(
  recorded: readonly Recorded[],
  everyone: readonly (readonly Arrival[])[],
): number {
  const seen = everyone.map((arrivals) => new Set(arrivals.map(({ id }) => id)));
  return recorded.filter(({ id }) => seen.every((ids) => ids.has(id))).length;
}

/** Where the events of answered mutations can be found. */
export interface Committed {
  readonly correlationIds: ReadonlySet<string>;
  readonly startedSessions: ReadonlySet<string>;
}

/** A mutation that was answered was committed. */
export function judgeAnswers(
  acknowledged: readonly Acknowledged[],
  { correlationIds, startedSessions }: Committed,
): readonly Wrong[] {
  return acknowledged
    .filter(({ correlationId, sessionId }) =>
      correlationId === undefined ? !startedSessions.has(sessionId) : !correlationIds.has(correlationId),
    )
    .map(({ mutation, sessionId, at }) => ({
      kind: 'lost',
      eventId: sessionId,
      where: 'the outbox',
      what: `${mutation} of this session was answered, and its event was never committed`,
      at,
    }));
}
