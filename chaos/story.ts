/** What happened to one event, in as few lines as tell it. */
import type { Arrival, Recorded } from '../demo/verdict.ts';
import type { Follower } from './clients.ts';
import type { Inflicted } from './inflict.ts';
import type { Wrong } from './judge.ts';
import type { WrongEffect } from './wrong-effect.ts';

export interface Evidence {
  /** When the run began, ms since 1970 */
  readonly startedAt: number;
  readonly recorded: readonly Recorded[];
  readonly followers: readonly Follower[];
  readonly inflicted: readonly Inflicted[];
}

const nearMs = 3_000; // a fault that was over so long before may still have to do with it

/** Of the first thing that went wrong: the event, what each client saw of it, and which faults were near. */
export function tellStory(wrong: Wrong, evidence: Evidence): string {
  const { recorded, followers } = evidence;
  const time = clock(evidence);
  const index = recorded.findIndex(({ id }) => id === wrong.eventId);
  const event = recorded[index];
  const about = event
    ? `${nameOf(event)}, committed at ${time(event.committedAt)}`
    : `${wrong.eventId}, which was not committed`;
  const lines = [`${wrong.kind}: ${about}`, `  ${wrong.where}: ${wrong.what}`];
  const follower = followers.find(({ name }) => name === wrong.where);
  if (follower?.refused !== undefined) lines.push(`  it was refused: ${follower.refused}`);
  if (follower && event && follower.wish.wants(event))
    lines.push(...tellNeighbours(event, follower, evidence));
  for (const { name, wish, arrivals } of followers) {
    if (!event || name === wrong.where || !wish.wants(event)) continue;
    const times = arrivals.filter(({ id }) => id === event.id).map(({ at }) => time(at));
    lines.push(
      `  ${name}: ${times.length > 0 ? `it arrived at ${times.join(' and ')}` : 'it never arrived'}`,
    );
  }
  const from = event?.committedAt ?? wrong.at ?? evidence.startedAt;
  lines.push(...tellFaults(from, Math.max(from, wrong.at ?? from), evidence));
  return lines.join('\n');
}

/** The same of an effect that did not happen once. */
export function tellEffect(
  { service, what, expected, actual, eventId }: WrongEffect,
  evidence: Evidence,
): string {
  const lines = [
    `effect not once: ${service}, ${what}: ${actual ?? 'nothing'} and not ${expected ?? 'nothing'}`,
  ];
  const event = evidence.recorded.find(({ id }) => id === eventId);
  if (event) {
    lines.push(`  ${nameOf(event)}, committed at ${clock(evidence)(event.committedAt)}`);
    lines.push(...tellFaults(event.committedAt, event.committedAt, evidence));
  }
  return lines.join('\n');
}

function tellNeighbours(event: Recorded, { name, wish, arrivals }: Follower, evidence: Evidence): string[] {
  const time = clock(evidence);
  const wanted = evidence.recorded.filter(wish.wants);
  const place = wanted.indexOf(event);
  const arrivalOf = (neighbour: Recorded | undefined): Arrival | undefined =>
    arrivals.find(({ id }) => id === neighbour?.id);
  const tell = (word: string, neighbour: Recorded | undefined) => {
    if (!neighbour) return [];
    const arrival = arrivalOf(neighbour);
    const when = arrival ? `arrived at ${time(arrival.at)}` : 'never arrived';
    return [`  ${name}: the one ${word} it, position ${neighbour.position}, ${when}`];
  };
  return [...tell('before', wanted[place - 1]), ...tell('after', wanted[place + 1])];
}

function tellFaults(from: number, to: number, { inflicted, startedAt }: Evidence): string[] {
  const time = clock({ startedAt });
  const near = inflicted.filter((fault) => fault.to >= from - nearMs && fault.from <= to + nearMs);
  if (near.length === 0) return ['  no fault was near'];
  const targets = Map.groupBy(
    near,
    (fault) => `  ${time(fault.from)} to ${time(fault.to)}: ${fault.fault} of `,
  );
  return [...targets].map(([fault, those]) => fault + those.map(({ target }) => target).join(', '));
}

const nameOf = ({ type, id, position, aggregate, aggregateVersion }: Recorded) =>
  `${type} ${id}, position ${position}, version ${aggregateVersion} of ${aggregate}`;

const clock =
  ({ startedAt }: Pick<Evidence, 'startedAt'>) =>
  (at: number) =>
    `${((at - startedAt) / 1_000).toFixed(2)} s`;
