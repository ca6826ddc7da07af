/** One command on one aggregate: read it, decide, append what was decided. */
import type { AnyEventDefinition } from '../events/catalogue.ts';
import { afterCommit, causeOf, record, type Tx } from '../outbox/transaction.ts';
import { DomainError } from '../platform/errors.ts';
import type { Aggregate, Fact, Loaded, PastEvent } from './aggregate.ts';
import { load, type Read } from './load.ts';
import { eventsAfter, insertOf, lockOf, type NewHistoryEvent } from './rows.ts';
import { isDue, keepSnapshots } from './snapshots.ts';

export interface Command<State, Definition extends AnyEventDefinition = AnyEventDefinition> {
  /** When it is decided; events never occur before those of the version before */
  readonly now: Date;
  /** Refuses with VERSION_CONFLICT unless the aggregate is at this version */
  readonly expectedVersion?: number | null | undefined;
  /** What happens; nothing, when it is empty. Throws a DomainError to refuse. Pure: it is asked again after a conflict. */
  decide(state: State, now: Date): readonly Fact<Definition>[];
}

/** What a command comes to. */
export interface Decided<State> {
  readonly events: readonly NewHistoryEvent[];
  readonly after: Loaded<State>;
  /** States of which a snapshot is to be kept */
  readonly due: readonly Loaded<State>[];
}

/** Throws VERSION_CONFLICT, with the current version in `details`, and whatever the command refuses with. */
export function decideOn<State, Definition extends AnyEventDefinition>(
  aggregate: Aggregate<State, Definition>,
  id: string,
  before: Loaded<State>,
  { now, expectedVersion, decide }: Command<State, Definition>,
): Decided<State> {
  if (typeof expectedVersion === 'number' && expectedVersion !== before.version) {
    throw versionConflict(aggregate.type, id, expectedVersion, before.version);
  }
  const occurredAt = before.occurredAt && before.occurredAt > now ? before.occurredAt : now;
  const facts = decide(before.state, occurredAt);
  const events = eventsAfter({ id }, before.version, facts, occurredAt);
  let after = before;
  const due: Loaded<State>[] = [];
  for (const { definition, aggregateVersion: version, payload } of events) {
    const event = { type: definition.type, version, occurredAt, payload } as unknown as PastEvent<Definition>;
    after = { state: aggregate.evolve(after.state, event), version, occurredAt };
    if (isDue(aggregate, version)) due.push(after);
  }
  return { events, after, due };
}

const versionConflict = (type: string, id: string, expected: number, actual: number) =>
  new DomainError(
    'VERSION_CONFLICT',
    `The ${type} "${id}" is at version ${actual}, not ${expected}. Look at it again, and decide again.`,
    { details: { currentVersion: actual } },
  );

/**
 * Runs the command within a transaction of `Outbox.transaction`: what else it writes is committed with it. The aggregate
 * is locked until the transaction ends, so that this cannot lose to another writer.
 */
export async function changeIn<State, Definition extends AnyEventDefinition>(
  tx: Tx,
  aggregate: Aggregate<State, Definition>,
  id: string,
  command: Command<State, Definition>,
): Promise<Loaded<State>> {
  const identity = { type: aggregate.type, id };
  await tx.$executeRaw(lockOf(identity));
  const before = await load(readIn(tx), aggregate, id);
  const { events, after, due } = decideOn(aggregate, id, before, command);
  afterCommit(tx, (read) => keepSnapshots(read, aggregate, id, [...before.missing, ...due]));
  if (events.length === 0) return before;
  await tx.$executeRaw(insertOf(identity, before.version, causeOf(tx), events));
  record(tx, ...events);
  return after;
}

/** Reads within a transaction. */
export const readIn =
  (tx: Tx): Read =>
  <Row extends object>({ query }: Parameters<Read>[0]) =>
    tx.$queryRaw<Row[]>(query);
