/** One migration in one transaction with its record. */
import pg from 'pg';
import { type Schemas, searchPathOf } from '../schemas.ts';
import type { Migration } from './files.ts';
import { findHome } from './home.ts';
import { wasMade } from './made.ts';
import { placeDomains } from './place.ts';
import { createRecords, readRecords, writeRecord } from './records.ts';
import { createSchemas } from './schema.ts';
import type { MigrateSession } from './session.ts';
import { inTurn, type Patience } from './turn.ts';

/** A migration cannot be applied as it is; nothing of it is left in the database but the record of that. */
export class MigrationFailedError extends Error {
  override readonly name = 'MigrationFailedError';
}

/** Applies it; false when somebody else has meanwhile. Throws a MigrationFailedError, or a LocksHeldError. */
export async function applyOne(
  session: MigrateSession,
  migration: Migration,
  patience: Patience,
): Promise<boolean> {
  const { client, schemas } = session;
  try {
    return await inTurn(session, migration.name, () => apply(client, schemas, migration), patience);
  } catch (error) {
    // anything else is a connection that has ended, or the wait for locks
    if (!(error instanceof pg.DatabaseError)) throw error;
    throw await recordFailure(client, schemas, migration, error);
  }
}

async function apply(client: pg.Client, schemas: Schemas, migration: Migration): Promise<boolean> {
  const home = await prepare(client, schemas);
  // where a table of ours is made first; where all is together, an empty schema beside it is not to take it
  const path = searchPathOf({ platform: home, domains: schemas.domains });
  await client.query("SELECT set_config('search_path', $1, true)", [path]);
  const record = (await readRecords(client, home)).find(({ name }) => name === migration.name);
  if (record?.finishedAt) return false;
  const cutShort = record && record.error === null;
  if (!(cutShort && (await wasMade(client, migration)))) await client.query(migration.sql);
  if (home !== schemas.domains) await placeDomains(client, schemas);
  await writeRecord(client, home, migration);
  return true;
}

/** Makes what is missing for the first migration, and gives where the platform's tables are. */
async function prepare(client: pg.Client, schemas: Schemas): Promise<string> {
  const home = await findHome(client, schemas);
  await createSchemas(client, { platform: home, domains: schemas.domains });
  await createRecords(client, home);
  return home;
}

async function recordFailure(
  client: pg.Client,
  schemas: Schemas,
  migration: Migration,
  error: pg.DatabaseError,
): Promise<MigrationFailedError> {
  const line = migration.sql.slice(0, Number(error.position ?? 0)).split('\n').length;
  const where = error.position === undefined ? migration.name : `${migration.name}, line ${line}`;
  const why = [error.message, error.detail, error.hint].filter(Boolean).join('. ');
  // it cannot be written where the connection has ended; then it stays pending
  await prepare(client, schemas)
    .then((home) => writeRecord(client, home, migration, `${error.code} ${why}`))
    .catch(() => {});
  return new MigrationFailedError(
    `${where}: ${why} (${error.code}). Nothing of it is left; mend the cause and run migrate again`,
    { cause: error },
  );
}
