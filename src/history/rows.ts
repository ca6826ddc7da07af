/** The history as it is stored: its rows, and how they are written and read. All uses the primary key. */
import { randomUUIDv7 } from 'node:crypto';
import type { NewEvent } from '../events/define-event.ts';
import type { Cause } from '../events/envelope.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { Fact } from './aggregate.ts';

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

/** Which aggregate. */
export interface Identity {
  readonly type: string;
  readonly id: string;
}

/** An event of an aggregate that is to be appended. */
export type NewHistoryEvent = NewEvent & { readonly id: string };

/** The facts as events that follow a version; each has an id, by which its history row and its outbox row are one. */
export function eventsAfter(
  { id }: Pick<Identity, 'id'>,
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
 * Inserts the events that follow a version of one aggregate. Inserts none when the version was not reached yet, or, with
 * `ifFree`, when it is passed already; without that the primary key refuses them then. The aggregate is locked before
 * anything else is, until the transaction ends: who waits does so with no position in hand.
 */
export function insertOf(
  aggregate: Identity,
  version: number,
  cause: Cause,
  events: readonly NewHistoryEvent[],
  { ifFree = false } = {},
): Prisma.Sql {
  const rows = JSON.stringify(
    events.map(({ id, definition, occurredAt, payload }) => ({
      ...{ id, type: definition.type, schemaVersion: definition.schemaVersion, occurredAt, payload },
    })),
  );
  return Prisma.sql`
    INSERT INTO history (aggregate_type, aggregate_id, version, event_id, type, schema_version, occurred_at,
                         correlation_id, causation_id, actor, payload)
    SELECT ${aggregate.type}, ${aggregate.id}, ${version}::int + n::int, (e->>'id')::uuid, e->>'type',
           (e->>'schemaVersion')::int, (e->>'occurredAt')::timestamptz, ${cause.correlationId},
           ${cause.causationId}::uuid, ${cause.actor}, e->'payload'
      FROM (${lockOf(aggregate)}) AS locked
     CROSS JOIN jsonb_array_elements(${rows}::jsonb) WITH ORDINALITY AS row (e, n)
     WHERE ${version}::int = 0
        OR EXISTS (SELECT FROM history
                    WHERE aggregate_type = ${aggregate.type} AND aggregate_id = ${aggregate.id} AND version = ${version}::int)
     ORDER BY n
    ${ifFree ? Prisma.sql`ON CONFLICT DO NOTHING` : Prisma.empty}`;
}

/** Waits for whoever writes the aggregate, and keeps others from it until the transaction ends. */
export const lockOf = ({ type, id }: Identity): Prisma.Sql =>
  Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${type} ${id}`}, 0))`;

const columns = Prisma.sql`
  event_id AS id, type, schema_version AS "schemaVersion", aggregate_type AS "aggregateType", aggregate_id AS "aggregateId",
  version, occurred_at AS "occurredAt", correlation_id AS "correlationId", causation_id AS "causationId", actor, payload`;

/** The aggregate's events between two versions, both excluded, from one end; at most `limit`. */
export const selectBetween = (
  { type, id }: Identity,
  { after, before, limit, backwards }: { after: number; before: number; limit: number; backwards: boolean },
): Prisma.Sql => Prisma.sql`
  SELECT ${columns}
    FROM history
   WHERE aggregate_type = ${type} AND aggregate_id = ${id} AND version > ${after}::int AND version < ${before}::int
   ORDER BY version ${backwards ? Prisma.sql`DESC` : Prisma.sql`ASC`}
   LIMIT ${limit}::int`;
