import { Prisma } from '../generated/prisma/client.ts';
import type { NamedQuery } from '../outbox/statement.ts';
import type { Identity } from './rows.ts';

/** Up to where an aggregate is looked at: with its events of an instant, or up to a version. Without either, to its end. */
export interface Until {
  readonly at?: Date | undefined;
  readonly version?: number | undefined;
}

/** A snapshot, which has no type and its state as the payload, or an event. */
export interface PageRow {
  readonly version: number;
  readonly type: string | null;
  readonly schemaVersion: number;
  readonly occurredAt: Date;
  readonly payload: unknown;
}

export interface PageOf {
  readonly after: number;
  /** The schema version of the snapshots that the page may begin with */
  readonly snapshots: number | undefined;
  readonly until: Until;
  readonly limit: number;
}

/**
 * The first events after a version; with snapshots, the newest of those before `until` and then the events after it. Of an
 * instant the page may go beyond it, up to the next snapshot. Uses the primary keys.
 */
export function selectPage({ type, id }: Identity, { after, snapshots, until, limit }: PageOf): NamedQuery {
  const own = Prisma.sql`aggregate_type = ${type} AND aggregate_id = ${id}`;
  const ofSchema = Prisma.sql`${own} AND schema_version = ${snapshots ?? null}::int`;
  const { at, version } = until;
  const name = [
    'history page',
    snapshots !== undefined && 'snapshot',
    at && 'at',
    version !== undefined && 'version',
  ];
  const events = Prisma.sql`
    SELECT version, type, schema_version AS "schemaVersion", occurred_at AS "occurredAt", payload
      FROM history
     WHERE ${own}
       AND version > ${snapshots === undefined ? after : Prisma.sql`coalesce((SELECT version FROM snapshot), ${after}::int)`}
       ${version === undefined ? Prisma.empty : Prisma.sql`AND version <= ${version}::int`}
       ${at && snapshots !== undefined ? Prisma.sql`AND version <= coalesce((${nextSnapshot(ofSchema, at)}), 2147483647)` : Prisma.empty}
     ORDER BY version
     LIMIT ${limit}::int`;
  if (snapshots === undefined) return { name: name.filter(Boolean).join(' '), query: events };
  return {
    name: name.filter(Boolean).join(' '),
    query: Prisma.sql`
      WITH snapshot AS MATERIALIZED (
        SELECT version, occurred_at, state
          FROM history_snapshot
         WHERE ${ofSchema}
           ${version === undefined ? Prisma.empty : Prisma.sql`AND version <= ${version}::int`}
           ${at ? Prisma.sql`AND occurred_at <= ${at}::timestamptz` : Prisma.empty}
         ORDER BY version DESC
         LIMIT 1)
      SELECT version, NULL AS type, 0 AS "schemaVersion", occurred_at AS "occurredAt", state AS payload FROM snapshot
       UNION ALL
      (${events})
       ORDER BY version`,
  };
}

/** The snapshot that follows the one of the page */
const nextSnapshot = (ofSchema: Prisma.Sql, at: Date) => Prisma.sql`
  SELECT version FROM history_snapshot
   WHERE ${ofSchema} AND version > coalesce((SELECT version FROM snapshot), 0) AND occurred_at > ${at}::timestamptz
   ORDER BY version
   LIMIT 1`;
