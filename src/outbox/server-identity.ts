/** Which server a database is on, as far as its user may know. */
import type { ClientBase, Pool } from 'pg';

type Db = Pool | ClientBase;

/** Of the data folder: physical copies have it too. Undefined where pg_control_system is forbidden, as managed services may. */
export async function systemIdentifier(db: Db): Promise<string | undefined> {
  // asked before: a statement that names what it may not call is refused as a whole
  const { rows } = await db.query<{ allowed: boolean }>(
    `SELECT has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS allowed`,
  );
  if (!rows[0]!.allowed) return undefined;
  const { rows: known } = await db.query<{ id: string }>(
    'SELECT system_identifier::text AS id FROM pg_control_system()',
  );
  return known[0]!.id;
}

/** Changes with every promotion, and in a database that was restored to a point in time. */
export async function timeline(db: Db): Promise<string> {
  const { rows } = await db.query<{ timeline: string }>(
    'SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline',
  );
  return rows[0]!.timeline;
}

/** Where a database is: a logical copy is elsewhere, a physical one is not. */
export interface Home {
  readonly system: string | undefined;
  readonly oid: string;
}

export async function readHome(db: Db): Promise<Home> {
  const { rows } = await db.query<{ oid: string }>(
    'SELECT oid::text AS oid FROM pg_database WHERE datname = current_database()',
  );
  return { system: await systemIdentifier(db), oid: rows[0]!.oid };
}

/** Whether the two are certainly not the same: what is not known of one tells nothing. */
export const isElsewhere = (one: Home, other: Home): boolean =>
  one.oid !== other.oid ||
  (one.system !== undefined && other.system !== undefined && one.system !== other.system);
