/** What an audit reads: the history in pages, each event with what the outbox and the snapshots have of it. */
import type { ClientBase } from 'pg';

/** An event of the history beside its other traces. */
export interface AuditRow {
  readonly eventId: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly type: string;
  readonly schemaVersion: number;
  readonly occurredAt: Date;
  readonly payload: unknown;
  /** Of its outbox row; none when there is no such row, and beyond all while the event is parked */
  readonly position: number | null;
  /** The columns in which its outbox row is another; none without an outbox row */
  readonly differs: readonly string[] | null;
  /** The stored state of this version, in the schema version that is asked for */
  readonly snapshot: { readonly state: unknown; readonly occurredAt: string } | null;
}

const pageSize = 1_000;

/** Every event of the type, aggregate by aggregate, by version. Uses the primary keys, outbox_id and outbox_parked_id. */
export async function* historyPages(
  client: ClientBase,
  aggregateType: string,
  snapshotVersion: number | undefined,
): AsyncGenerator<readonly AuditRow[]> {
  for (let after: Pick<AuditRow, 'aggregateId' | 'version'> = { aggregateId: '', version: 0 }; ; ) {
    const { rows } = await client.query<AuditRow>({
      name: 'audit history',
      text: `
        SELECT event_id AS "eventId", page.aggregate_id AS "aggregateId", page.version, page.type,
               page.schema_version AS "schemaVersion", page.occurred_at AS "occurredAt", page.payload, held.position,
               CASE WHEN held.aggregate_id IS NOT NULL THEN array_remove(ARRAY[
                 CASE WHEN held.aggregate_type <> page.aggregate_type OR held.aggregate_id <> page.aggregate_id
                        OR held.aggregate_version <> page.version THEN 'aggregate' END,
                 CASE WHEN held.type <> page.type OR held.schema_version <> page.schema_version THEN 'type' END,
                 CASE WHEN held.occurred_at <> page.occurred_at THEN 'time' END,
                 CASE WHEN held.correlation_id <> page.correlation_id OR held.actor IS DISTINCT FROM page.actor
                        OR held.causation_id IS DISTINCT FROM page.causation_id THEN 'cause' END,
                 CASE WHEN held.payload <> page.payload THEN 'payload' END], NULL) END AS differs,
               CASE WHEN kept.state IS NOT NULL
                    THEN jsonb_build_object('state', kept.state, 'occurredAt', kept.occurred_at) END AS snapshot
          FROM (SELECT * FROM history
                 WHERE aggregate_type = $1 AND (aggregate_id, version) > ($2, $3)
                 ORDER BY aggregate_id, version
                 LIMIT $4) AS page
          LEFT JOIN LATERAL (
            SELECT position, aggregate_type, aggregate_id, aggregate_version, type, schema_version, occurred_at,
                   correlation_id, causation_id, actor, payload
              FROM outbox WHERE id = event_id
             UNION ALL
            SELECT ${Number.MAX_SAFE_INTEGER}, aggregate_type, aggregate_id, aggregate_version, type, schema_version,
                   occurred_at, correlation_id, causation_id, actor, payload
              FROM outbox_parked WHERE id = event_id
             LIMIT 1) AS held ON true
          LEFT JOIN history_snapshot AS kept
            ON kept.aggregate_type = $1 AND kept.aggregate_id = page.aggregate_id AND kept.schema_version = $5
           AND kept.version = page.version
         ORDER BY page.aggregate_id, page.version`,
      values: [aggregateType, after.aggregateId, after.version, pageSize, snapshotVersion ?? null],
    });
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    after = last;
  }
}

/** From when on the outbox holds every event. */
export interface Reach {
  /** Whether retention has dropped anything */
  readonly isCut: boolean;
  /** Of the oldest row that is held; none when the outbox is empty */
  readonly oldest: Date | null;
}

export async function readReach(client: ClientBase): Promise<Reach> {
  const { rows } = await client.query<Reach>(
    `SELECT floor > 0 AS "isCut", (SELECT occurred_at FROM outbox ORDER BY position LIMIT 1) AS oldest FROM log`,
  );
  return rows[0]!;
}

/** The aggregate types that the history has, found by skipping from one to the next in the primary key. */
export async function readTypes(client: ClientBase): Promise<readonly string[]> {
  const { rows } = await client.query<{ type: string }>(
    `WITH RECURSIVE found AS (
       SELECT min(aggregate_type) AS type FROM history
        UNION ALL
       SELECT (SELECT min(aggregate_type) FROM history WHERE aggregate_type > found.type) FROM found WHERE type IS NOT NULL)
     SELECT type FROM found WHERE type IS NOT NULL`,
  );
  return rows.map(({ type }) => type);
}

/** An event, or a snapshot, that the history does not have. */
export interface Stray {
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly version: number;
}

/** Events of these types in the outbox that are not in the history, in pages of the whole outbox. */
export async function* strayEvents(
  client: ClientBase,
  types: readonly string[],
): AsyncGenerator<{ readonly read: number; readonly strays: readonly Stray[] }> {
  for (let after = 0; ; ) {
    const { rows } = await client.query<{ to: number | null; read: number; strays: readonly Stray[] }>({
      name: 'audit outbox',
      text: `
        WITH page AS MATERIALIZED (
          SELECT position, id, aggregate_type, aggregate_id, aggregate_version
            FROM outbox WHERE position > $1 ORDER BY position LIMIT $3)
        SELECT max(position) AS to, count(*) AS read,
               coalesce(jsonb_agg(jsonb_build_object('aggregateType', aggregate_type, 'aggregateId', aggregate_id,
                                                     'version', aggregate_version) ORDER BY position)
                 FILTER (WHERE aggregate_type = ANY ($2) AND NOT EXISTS (
                   SELECT FROM history
                    WHERE history.aggregate_type = page.aggregate_type AND history.aggregate_id = page.aggregate_id
                      AND history.version = page.aggregate_version AND event_id = page.id)), '[]') AS strays
          FROM page`,
      values: [after, types, pageSize],
    });
    const { to, read, strays } = rows[0]!;
    if (to === null) return;
    yield { read, strays };
    after = to;
  }
}

/** Snapshots of these types whose version the history does not have. */
export async function* straySnapshots(client: ClientBase, types: readonly string[]): AsyncGenerator<Stray> {
  for (let after: Stray = { aggregateType: '', aggregateId: '', version: 0 }; ; ) {
    const { rows } = await client.query<Stray>(
      `SELECT DISTINCT aggregate_type AS "aggregateType", aggregate_id AS "aggregateId", version
         FROM history_snapshot AS kept
        WHERE aggregate_type = ANY ($1) AND (aggregate_type, aggregate_id, version) > ($2, $3, $4)
          AND NOT EXISTS (SELECT FROM history
                           WHERE history.aggregate_type = kept.aggregate_type
                             AND history.aggregate_id = kept.aggregate_id AND history.version = kept.version)
        ORDER BY 1, 2, 3
        LIMIT $5`,
      [types, after.aggregateType, after.aggregateId, after.version, pageSize],
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return;
    after = last;
  }
}
