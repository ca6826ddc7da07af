/** The history as it is stored: its rows, and how they are written. */
import { randomUUIDv7 } from 'node:crypto';
import type { NewEvent } from '../events/define-event.ts';
import type { Cause } from '../events/envelope.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { NamedQuery } from '../outbox/statement.ts';
import { installation } from '../platform/lock-key.ts';
import type { Fact, Loaded } from './aggregate.ts';

/** An event of an aggregate, in the schema version it was written in. */
export interface HistoryEvent {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly occurredAt: Date;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly actor: string | null;
  readonly payload: unknown;
}

/** Runs a query: on a connection of its own, or in a transaction. */
export type Read = <Row extends object>(query: NamedQuery) => Promise<readonly Row[]>;

/** Which aggregate. */
export interface Identity {
  readonly type: string;
  readonly id: string;
}

/** An event of an aggregate that is to be appended. */
export type NewHistoryEvent = NewEvent & { readonly id: string };

/** Such an event, and what it happened because of. */
export interface Written {
  readonly cause: Cause;
  readonly event: NewHistoryEvent;
}

/** The facts as events that follow a version; each has an id, by which its history row and its outbox row are one. */
export function eventsAfter(
  id: string,
  version: number,
  facts: readonly Fact[],
  occurredAt: Date,
): readonly NewHistoryEvent[] {
  return facts.map(({ definition, payload }, index) => ({
    ...definition.of({ aggregateId: id, aggregateVersion: version + index + 1, occurredAt, payload }),
    id: randomUUIDv7(),
  }));
}

/**
 * Inserts the events that follow on `before`. Inserts none when the aggregate was not there yet, nor when it is another
 * than was read, as after a backup was restored; with `ifFree`, which is for one event, nor when it has gone on already:
 * without that the primary key refuses them then. The aggregate is locked before anything else is, until the transaction
 * ends: who waits does so with no position in hand.
 */
export function insertOf(
  aggregate: Identity,
  before: Pick<Loaded<unknown>, 'version' | 'occurredAt'>,
  written: readonly Written[],
  { ifFree = false } = {},
): Prisma.Sql {
  const rows = JSON.stringify(
    written.map(({ cause, event: { id, definition, occurredAt, payload } }) => ({
      ...{ id, type: definition.type, schemaVersion: definition.schemaVersion, occurredAt, payload },
      ...{ correlationId: cause.correlationId, causationId: cause.causationId, actor: cause.actor },
    })),
  );
  const { type, id } = aggregate;
  const { version, occurredAt = null } = before;
  return Prisma.sql`
    INSERT INTO history (aggregate_type, aggregate_id, version, event_id, type, schema_version, occurred_at,
                         correlation_id, causation_id, actor, payload)
    SELECT ${type}, ${id}, ${version}::int + n::int, (e->>'id')::uuid, e->>'type', (e->>'schemaVersion')::int,
           (e->>'occurredAt')::timestamptz, e->>'correlationId', (e->>'causationId')::uuid, e->>'actor', e->'payload'
      FROM (${lockOf(aggregate)}) AS locked
     CROSS JOIN jsonb_array_elements(${rows}::jsonb) WITH ORDINALITY AS row (e, n)
     WHERE ${version}::int = 0
        OR EXISTS (SELECT FROM history
                    WHERE aggregate_type = ${type} AND aggregate_id = ${id} AND version = ${version}::int
                      AND occurred_at = ${occurredAt?.toISOString() ?? null}::timestamptz)
     ORDER BY n
    ${ifFree ? Prisma.sql`ON CONFLICT DO NOTHING` : Prisma.empty}`;
}

/** Waits for whoever writes the aggregate, and keeps others from it until the transaction ends. */
export const lockOf = ({ type, id }: Identity): Prisma.Sql =>
  Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${type} ${id}`}, ${seed}))`;

/** Another for each installation, so that those in one database do not meet; in `public` as older code has it. */
const seed = Prisma.raw(
  `CASE ${installation} WHEN 'public' THEN 0 ELSE hashtextextended(${installation}, 0) END`,
);

/** `lockOf` as a query of its own. */
export const lockQuery = (aggregate: Identity): NamedQuery => ({
  name: 'history lock',
  query: lockOf(aggregate),
});
