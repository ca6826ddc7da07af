/** An aggregate as it is, or as it was after a version or at an instant: its newest snapshot before, and the events since. */
import type { AnyEventDefinition } from '../events/catalogue.ts';
import { NewerSchemaError } from '../events/define-event.ts';
import { DomainError } from '../platform/errors.ts';
import type { Aggregate, Loaded, PastEvent, Snapshots } from './aggregate.ts';
import type { Read } from './rows.ts';
import { type PageRow, selectPage, type Until } from './select-page.ts';
import { isDue, keepSnapshots } from './snapshots.ts';

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
  const hasSnapshot = rows[0]?.type === null;
  const start = hasSnapshot ? startOf(aggregate, rows[0]!) : beginningOf(aggregate);
  if (start) {
    const { passed, ...found } = await follow(
      read,
      aggregate,
      id,
      until,
      start,
      rows.slice(hasSnapshot ? 1 : 0),
    );
    const isFar = found.version - start.version > 2 * (aggregate.snapshots?.every ?? 0);
    return { ...found, missing: isFar ? passed : [] };
  }
  // one that cannot be read is of no use to the next reader either: all are made again
  const beginning = beginningOf(aggregate);
  const { passed, ...found } = await follow(read, aggregate, id, until, beginning, undefined);
  return { ...found, missing: passed };
}

/** `load`, and writes what snapshots are missing while nobody waits for them. */
export async function loadAndKeep<State, Definition extends AnyEventDefinition>(
  read: Read,
  aggregate: Aggregate<State, Definition>,
  id: string,
  until?: Until,
): Promise<Loaded<State>> {
  const { missing, ...loaded } = await load(read, aggregate, id, until);
  keepSnapshots(read, aggregate, id, missing);
  return loaded;
}

/** `load` for who knows how it was: reads what has happened since, and all anew only when that is not so any more. */
export async function catchUp<State, Definition extends AnyEventDefinition>(
  read: Read,
  aggregate: Aggregate<State, Definition>,
  id: string,
  known: Loaded<State> | undefined,
): Promise<Found<State>> {
  if (!known || known.version === 0) return load(read, aggregate, id);
  const identity = { type: aggregate.type, id };
  const page = { after: known.version - 1, snapshots: undefined, until: {}, limit: pageSize };
  const [last, ...since] = await read<PageRow>(selectPage(identity, page));
  // after a backup was restored another event can stand in its place
  const isSame = last?.version === known.version && last.occurredAt.getTime() === known.occurredAt?.getTime();
  if (!isSame || since.length === pageSize - 1) return load(read, aggregate, id);
  const { passed: _kept, ...found } = await follow(read, aggregate, id, {}, known, since);
  return { ...found, missing: [] };
}

const beginningOf = <State>({ initial }: Pick<Aggregate<State>, 'initial'>): Loaded<State> => ({
  state: initial,
  version: 0,
  occurredAt: undefined,
});

/** What the snapshot in this row says; undefined when it is not readable. */
function startOf<State>(
  { snapshots }: { readonly snapshots?: Snapshots<State> },
  { version, occurredAt, payload }: PageRow,
): Loaded<State> | undefined {
  try {
    return snapshots && { state: snapshots.schema.decode(payload as never), version, occurredAt };
  } catch {
    return undefined; // whatever is wrong with it, the events say the same
  }
}

/** Goes on from `start` with this page of events after it, if it is read already, and the pages after that. */
async function follow<State, Definition extends AnyEventDefinition>(
  read: Read,
  aggregate: Aggregate<State, Definition>,
  id: string,
  until: Until,
  start: Loaded<State>,
  firstPage: readonly PageRow[] | undefined,
): Promise<Loaded<State> & { readonly passed: readonly Loaded<State>[] }> {
  const identity = { type: aggregate.type, id };
  let last = start;
  const passed: Loaded<State>[] = [];
  const readOn = () =>
    read<PageRow>(
      selectPage(identity, { after: last.version, snapshots: undefined, until, limit: pageSize }),
    );
  for (let rows = firstPage ?? (await readOn()); ; rows = await readOn()) {
    for (const row of rows) {
      const { version, occurredAt } = row;
      if (until.at && occurredAt > until.at) return { ...last, passed };
      last = { state: aggregate.evolve(last.state, readEvent(aggregate, row)), version, occurredAt };
      if (isDue(aggregate, version)) passed.push(last);
    }
    if (rows.length < pageSize) return { ...last, passed };
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
