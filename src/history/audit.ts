/**
 * Checks every aggregate of the history: against itself, against the outbox, and against the snapshots that were made of
 * it. What a domain has made of its aggregates it checks itself, as they are replayed.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ClientBase } from 'pg';
import type { AnyEventDefinition } from '../events/catalogue.ts';
import { messageOf } from '../platform/errors.ts';
import type { Aggregate, PastEvent } from './aggregate.ts';
import {
  type AuditRow,
  historyPages,
  type Reach,
  readReach,
  readTypes,
  type Stray,
  strayEvents,
  straySnapshots,
} from './audit-rows.ts';

/** Something that is not as it must be. */
export interface Finding {
  /** In a word or two what was checked, the same for all of its kind */
  readonly check: string;
  readonly aggregateType: string;
  readonly aggregateId: string | null;
  readonly version: number | null;
  readonly says: string;
}

/** An event of an aggregate, and what it did. */
export interface Step<State, Definition extends AnyEventDefinition = AnyEventDefinition> {
  readonly id: string;
  readonly event: PastEvent<Definition>;
  readonly before: State;
  readonly after: State;
  /** In the log; none when the log no longer holds it, beyond all while it is parked */
  readonly position: number | null;
}

/** How an aggregate is replayed, and what else is checked of it. */
export interface AggregateAudit<State = unknown, Definition extends AnyEventDefinition = AnyEventDefinition> {
  readonly aggregate: Aggregate<State, Definition>;
  /** Gets its events a page at a time, aggregate by aggregate, up to the first of an aggregate that cannot be replayed */
  check?(client: ClientBase, steps: readonly Step<State, Definition>[]): Promise<readonly Finding[]>;
}

/** The audit of aggregates of any state beside others. */
export const auditOf = <State, Definition extends AnyEventDefinition>(
  audit: AggregateAudit<State, Definition>,
): AggregateAudit => audit as unknown as AggregateAudit;

export interface AuditProgress {
  readonly aggregateType: string;
  readonly aggregates: number;
  readonly events: number;
  readonly outboxRows: number;
}

export interface AuditOptions {
  /** Aggregates of other types are not replayed */
  readonly audits: readonly AggregateAudit[];
  /** One aggregate type alone */
  readonly only?: string | undefined;
  /** Called after each page */
  readonly onProgress?: (progress: AuditProgress) => void;
}

/** Gives what it finds as it finds it. The client has to see one moment: a transaction that reads repeatably. */
export async function* auditHistory(
  client: ClientBase,
  { audits, only, onProgress }: AuditOptions,
): AsyncGenerator<Finding> {
  const known = [...(await readTypes(client)), ...audits.map(({ aggregate }) => aggregate.type)];
  const types = [...new Set(known)].filter((type) => only === undefined || type === only).sort();
  const reach = await readReach(client);
  let progress: AuditProgress = { aggregateType: types[0] ?? '', aggregates: 0, events: 0, outboxRows: 0 };
  const tell = (changed: Partial<AuditProgress>) => {
    progress = { ...progress, ...changed };
    onProgress?.(progress);
  };
  for (const aggregateType of types) {
    const audit = audits.find(({ aggregate }) => aggregate.type === aggregateType);
    const { aggregates, events } = progress;
    yield* auditType(client, aggregateType, audit, reach, (own) =>
      tell({ aggregateType, aggregates: aggregates + own.aggregates, events: events + own.events }),
    );
  }
  for await (const { read, strays } of strayEvents(client, types)) {
    for (const stray of strays)
      yield strayOf(stray, 'outbox', 'its event is in the outbox, and not in the history');
    tell({ outboxRows: progress.outboxRows + read });
  }
  for await (const stray of straySnapshots(client, types)) {
    yield strayOf(stray, 'snapshot', 'there is a snapshot of it, and no event');
  }
}

const strayOf = ({ aggregateType, aggregateId, version }: Stray, check: string, says: string): Finding => ({
  ...{ check, aggregateType, aggregateId, version, says },
});

/** An aggregate as far as its events were read. */
interface Current {
  readonly id: string;
  version: number;
  occurredAt: Date | undefined;
  /** An event of it was in the outbox: all after it must be */
  isHeld: boolean;
  state: unknown;
  /** What comes after cannot be replayed */
  isBroken: boolean;
}

async function* auditType(
  client: ClientBase,
  aggregateType: string,
  audit: AggregateAudit | undefined,
  reach: Reach,
  tell: (counted: { aggregates: number; events: number }) => void,
): AsyncGenerator<Finding> {
  const counted = { aggregates: 0, events: 0 };
  let current: Current | undefined;
  for await (const page of historyPages(client, aggregateType, audit?.aggregate.snapshots?.schemaVersion)) {
    const steps: Step<unknown>[] = [];
    for (const row of page) {
      const { aggregateId: id, version } = row;
      const say = (check: string, says: string): Finding => ({
        ...{ check, aggregateType, aggregateId: id, version, says },
      });
      if (current?.id !== id) {
        counted.aggregates += 1;
        const [occurredAt, state] = [undefined, audit?.aggregate.initial];
        current = { id, version: 0, occurredAt, isHeld: false, state, isBroken: !audit };
      }
      yield* checkRow(current, row, reach, say);
      if (audit && !current.isBroken) {
        try {
          const step = replay(audit, current, row);
          current.state = step.after;
          steps.push(step);
          if (row.snapshot && !isSnapshotOf(audit, step, row)) {
            yield say('snapshot', 'its snapshot is not the state that the events lead to');
          }
        } catch (error) {
          current.isBroken = true;
          yield say('replay', `its event ${row.type} cannot be read: ${messageOf(error)}`);
        }
      }
      Object.assign(current, { version, occurredAt: row.occurredAt });
    }
    if (steps.length > 0) yield* (await audit?.check?.(client, steps)) ?? [];
    counted.events += page.length;
    tell(counted);
  }
}

const boundaryMs = 60_000; // clocks differ, and what was recorded at one time was committed at another

function* checkRow(
  current: Current,
  { version, occurredAt, position, differs }: AuditRow,
  { isCut, oldest }: Reach,
  say: (check: string, says: string) => Finding,
): Generator<Finding> {
  if (version !== current.version + 1) {
    current.isBroken = true;
    const from = current.version + 1;
    const missing = from === version - 1 ? `version ${from} is` : `versions ${from} to ${version - 1} are`;
    yield say('version', `${missing} missing before it`);
  }
  if (current.occurredAt && occurredAt < current.occurredAt) {
    yield say('time', `it occurred at ${occurredAt.toISOString()}, before the version before it`);
  }
  if (position !== null) current.isHeld = true;
  else {
    const isDropped =
      isCut && !current.isHeld && (!oldest || occurredAt.getTime() <= oldest.getTime() + boundaryMs);
    if (!isDropped) yield say('outbox', 'its event is in the history, and not in the outbox');
  }
  if (differs && differs.length > 0) {
    yield say('outbox', `its event in the outbox is another than in the history: ${differs.join(', ')}`);
  }
}

/** Throws for an event that this code cannot read. */
function replay({ aggregate }: AggregateAudit, current: Current, row: AuditRow): Step<unknown> {
  const { type, schemaVersion, version, occurredAt, position } = row;
  const definition = aggregate.events.find((each) => each.type === type);
  if (!definition) throw new Error('this code does not know it');
  const payload = definition.read({ type, schemaVersion, payload: row.payload });
  const event: PastEvent = { type, version, occurredAt, payload };
  const before = current.state;
  return { id: row.aggregateId, event, before, after: aggregate.evolve(before, event), position };
}

function isSnapshotOf({ aggregate }: AggregateAudit, { after }: Step<unknown>, row: AuditRow): boolean {
  const { state, occurredAt } = row.snapshot!;
  const expected = JSON.parse(JSON.stringify(aggregate.snapshots!.schema.encode(after)));
  return isDeepStrictEqual(state, expected) && new Date(occurredAt).getTime() === row.occurredAt.getTime();
}
