/** What commands on an aggregate come to, given how it stands. Pure. */
import type { AnyEventDefinition } from '../events/catalogue.ts';
import type { Cause } from '../events/envelope.ts';
import { DomainError } from '../platform/errors.ts';
import type { Aggregate, Fact, Loaded, PastEvent } from './aggregate.ts';
import { eventsAfter, type Written } from './rows.ts';
import { isDue } from './snapshots.ts';

export interface Command<State, Definition extends AnyEventDefinition = AnyEventDefinition> {
  /** When it is decided; events never occur before those of the version before */
  readonly now: Date;
  /** Refuses with VERSION_CONFLICT unless the aggregate is at this version */
  readonly expectedVersion?: number | null | undefined;
  /**
   * What happens; nothing, when it is empty. Throws a DomainError to refuse. Pure: it is asked again when another writer
   * was quicker.
   */
  decide(state: State, now: Date): readonly Fact<Definition>[];
}

/** A command, and why it is given. */
export interface Asked<State, Definition extends AnyEventDefinition = AnyEventDefinition> {
  readonly cause: Cause;
  readonly command: Command<State, Definition>;
}

/** The aggregate after the command, or what the command threw. */
export type Answer<State> = { readonly after: Loaded<State> } | { readonly refusal: unknown };

export interface Decided<State> {
  /** One for each command, in their order */
  readonly answers: readonly Answer<State>[];
  readonly written: readonly Written[];
  readonly before: Loaded<State>;
  readonly after: Loaded<State>;
  /** States of which a snapshot is to be kept */
  readonly due: readonly Loaded<State>[];
}

/** Decides each command on what those before it leave. One that is refused leaves everything as it was. */
export function decideAll<State, Definition extends AnyEventDefinition>(
  aggregate: Aggregate<State, Definition>,
  id: string,
  before: Loaded<State>,
  asked: readonly Asked<State, Definition>[],
): Decided<State> {
  let last = before;
  const written: Written[] = [];
  const due: Loaded<State>[] = [];
  const answers = asked.map(({ cause, command }): Answer<State> => {
    try {
      const states = decideOne(aggregate, id, last, command);
      written.push(...states.map(({ event }) => ({ cause, event })));
      due.push(...states.map(({ after }) => after).filter(({ version }) => isDue(aggregate, version)));
      last = states.at(-1)?.after ?? last;
      return { after: last };
    } catch (refusal) {
      return { refusal };
    }
  });
  return { answers, written, before, after: last, due };
}

/** Its events, each with the aggregate after it. */
function decideOne<State, Definition extends AnyEventDefinition>(
  aggregate: Aggregate<State, Definition>,
  id: string,
  before: Loaded<State>,
  { now, expectedVersion, decide }: Command<State, Definition>,
): readonly { readonly event: Written['event']; readonly after: Loaded<State> }[] {
  if (typeof expectedVersion === 'number' && expectedVersion !== before.version) {
    throw versionConflict(aggregate.type, id, expectedVersion, before.version);
  }
  const occurredAt = before.occurredAt && before.occurredAt > now ? before.occurredAt : now;
  let { state } = before;
  return eventsAfter(id, before.version, decide(state, occurredAt), occurredAt).map((event) => {
    const { definition, aggregateVersion: version, payload } = event;
    const past = { type: definition.type, version, occurredAt, payload } as unknown as PastEvent<Definition>;
    state = aggregate.evolve(state, past);
    return { event, after: { state, version, occurredAt } };
  });
}

const versionConflict = (type: string, id: string, expected: number, actual: number) =>
  new DomainError(
    'VERSION_CONFLICT',
    `The ${type} "${id}" is at version ${actual}, not ${expected}. Look at it again, and decide again.`,
    { details: { currentVersion: actual } },
  );
