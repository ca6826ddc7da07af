/** An aggregate as it is, or as it was after a version or at an instant: its newest snapshot before, and the events since. */
import type { AnyEventDefinition } from '../events/catalogue.ts';
import { NewerSchemaError } from '../events/define-event.ts';
import type { NamedQuery } from '../outbox/statement.ts';
import { DomainError } from '../platform/errors.ts';
import type { Aggregate, Loaded, PastEvent, Snapshots } from './aggregate.ts';
import { type PageRow, selectPage, type Until } from './select-page.ts';

/** Runs a query: on a connection of its own, or in a transaction. */
export type Read = <Row extends object>(query: NamedQuery) => Promise<readonly Row[]>;

export interface Found<State> extends Loaded<State> {
  /** States that were passed, of which a snapshot is missing: written, they save the next reader the events before */
  readonly missing: readonly Loaded<State>[];
}

const pageSize = 1_000;

/** Gives version 0 and the initial state when there is no event. Throws UNAVAILABLE for events of newer code. */
export async function load<State, Definition extends AnyEventDefinition>(
  read: Read,
  aggregate: Aggregate<State, Definition>,
  id: string,
  until: Until = {},
): Promise<Found<State>> {
  const identity = { type: aggregate.type, id };
  const snapshots = aggregate.snapshots?.schemaVersion;
  const rows = await read<PageRow>(selectPage(identity, { after: 0, snapshots, until, limit: pageSize }));
  const start = startOf(aggregate, rows[0]);
  if (start) return follow(read, aggregate, id, until, start, rows.slice(1));
  if (rows[0]?.type === null) {
    const { snapshots: _unreadable, ...withoutSnapshots } = aggregate;
    return load(read, withoutSnapshots, id, until);
  }
  const beginning = { state: aggregate.initial, version: 0, occurredAt: undefined };
  return follow(read, aggregate, id, until, beginning, rows);
}

/** What the snapshot in this row says; undefined when the row is none, or not readable. */
function startOf<State>(
  { snapshots }: { readonly snapshots?: Snapshots<State> },
  row: PageRow | undefined,
): Loaded<State> | undefined {
  if (!snapshots || row?.type !== null) return undefined;
  const { version, occurredAt, payload } = row;
  const decoded = snapshots.schema.safeDecode(payload as never);
  return decoded.success ? { state: decoded.data, version, occurredAt } : undefined;
}

/** Goes on from `start` with the page of events after it, and the pages after that. */
async function follow<State, Definition extends AnyEventDefinition>(
  read: Read,
  aggregate: Aggregate<State, Definition>,
  id: string,
  until: Until,
  start: Loaded<State>,
  page: readonly PageRow[],
): Promise<Found<State>> {
  const { snapshots } = aggregate;
  let [last, rows] = [start, page];
  const due: Loaded<State>[] = [];
  const found = () => {
    const isMissed = snapshots && last.version - start.version > 2 * snapshots.every;
    return { ...last, missing: isMissed ? due : [] };
  };
  for (;;) {
    for (const row of rows) {
      const { version, occurredAt } = row;
      if (until.at && occurredAt > until.at) return found();
      last = { state: aggregate.evolve(last.state, readEvent(aggregate, row)), version, occurredAt };
      if (snapshots && version % snapshots.every === 0) due.push(last);
    }
    if (rows.length < pageSize) return found();
    const identity = { type: aggregate.type, id };
    rows = await read(
      selectPage(identity, { after: last.version, snapshots: undefined, until, limit: pageSize }),
    );
  }
}

/** The stored event in the newest schema version. */
function readEvent<State, Definition extends AnyEventDefinition>(
  { type: aggregateType, events }: Aggregate<State, Definition>,
  { type, schemaVersion, version, occurredAt, payload }: PageRow,
): PastEvent<Definition> {
  const definition = events.find((each) => each.type === type);
  if (type === null || !definition) throw newerCode(`"${aggregateType}" knows no event "${type}"`);
  try {
    const newest = definition.read({ type, schemaVersion, payload });
    return { type, version, occurredAt, payload: newest } as PastEvent<Definition>;
  } catch (error) {
    throw error instanceof NewerSchemaError ? newerCode(error.message) : error;
  }
}

const newerCode = (what: string) =>
  new DomainError('UNAVAILABLE', 'A newer release has changed this. Try again.', {
    retryable: true,
    cause: new Error(what),
  });
