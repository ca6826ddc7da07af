/** An aggregate's events by version, from either end, a page at a time. */
import { Prisma } from '../generated/prisma/client.ts';
import type { NamedQuery } from '../outbox/statement.ts';
import type { HistoryEvent, Identity, Read } from './rows.ts';

/** The first or the last of the events between two versions, both excluded. */
export interface PageRequest {
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  readonly from: 'first' | 'last';
  readonly count: number;
}

export interface HistoryPage {
  /** In the order of versions, from whichever end the page was taken; as stored, in the schema version of its time */
  readonly events: readonly HistoryEvent[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

interface Row extends HistoryEvent {
  /** The aggregate's newest version: on every row, and on one without an event when the page is empty */
  readonly newest: number;
}

const beyondEnd = 2_147_483_647;

export async function readPage(read: Read, aggregate: Identity, request: PageRequest): Promise<HistoryPage> {
  const { after = 0, before = beyondEnd } = request;
  const rows = await read<Row>(selectEvents(aggregate, request));
  const newest = rows[0]?.newest ?? 0;
  const events = rows.filter(({ id }) => id !== null).map(({ newest: _, ...event }) => event);
  if (request.from === 'last') events.reverse();
  // versions have no holes: what lies beyond the page follows from its ends
  const first = events[0]?.version ?? after + 1;
  const last = events.at(-1)?.version ?? before - 1;
  return { events, hasNextPage: last < newest, hasPreviousPage: first > 1 && newest > 0 };
}

/** Uses the primary key. */
export function selectEvents({ type, id }: Identity, request: PageRequest): NamedQuery {
  const { after = 0, before = beyondEnd, from, count } = request;
  const own = Prisma.sql`aggregate_type = ${type} AND aggregate_id = ${id}`;
  return {
    name: `history ${from}`,
    query: Prisma.sql`
      SELECT event_id AS id, type, schema_version AS "schemaVersion", aggregate_type AS "aggregateType",
             aggregate_id AS "aggregateId", version, occurred_at AS "occurredAt", correlation_id AS "correlationId",
             causation_id AS "causationId", actor, payload, newest
        FROM (SELECT max(version) AS newest FROM history WHERE ${own}) AS whole
        LEFT JOIN LATERAL (
          SELECT * FROM history
           WHERE ${own} AND version > ${after}::int AND version < ${before}::int
           ORDER BY version ${from === 'last' ? Prisma.sql`DESC` : Prisma.sql`ASC`}
           LIMIT ${count}::int) AS page ON newest IS NOT NULL
       ORDER BY version ${from === 'last' ? Prisma.sql`DESC` : Prisma.sql`ASC`}`,
  };
}
