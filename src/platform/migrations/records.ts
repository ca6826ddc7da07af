/** The table `_prisma_migrations`, kept as `prisma migrate deploy` does: its tools read it, and older code does. */
import { randomUUID } from 'node:crypto';
import type { ClientBase } from 'pg';
import { quote } from '../schemas.ts';
import { checksumOf, type Migration } from './files.ts';

/** One that was not finished has failed when it has `error`; else what was at work on it came to an end before it was done. */
export interface MigrationRecord {
  readonly name: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly error: string | null;
}

const undefinedTable = '42P01'; // or its schema
const tableIn = (schema: string) => `${quote(schema)}._prisma_migrations`;

/** The newest of each migration, those that were rolled back left out. None in a database that was never migrated. */
export async function readRecords(client: ClientBase, schema: string): Promise<readonly MigrationRecord[]> {
  // Prisma takes one that is finished for applied, whatever stands beside it
  const newest = `SELECT DISTINCT ON (migration_name)
                         migration_name AS name, started_at AS "startedAt", finished_at AS "finishedAt", logs AS error
                    FROM ${tableIn(schema)}
                   WHERE rolled_back_at IS NULL
                   ORDER BY migration_name, finished_at IS NULL, started_at DESC`;
  try {
    return (await client.query<MigrationRecord>(newest)).rows;
  } catch (error) {
    if ((error as { code?: string }).code !== undefinedTable) throw error;
    return [];
  }
}

/** Makes the table where there is none. */
export async function createRecords(client: ClientBase, schema: string): Promise<void> {
  const { rows } = await client.query<{ made: boolean }>('SELECT to_regclass($1) IS NOT NULL AS made', [
    tableIn(schema),
  ]);
  if (rows[0]!.made) return; // a notice for each migration otherwise
  await client.query(`
    CREATE TABLE ${tableIn(schema)} (
      id                  varchar(36)  PRIMARY KEY NOT NULL,
      checksum            varchar(64)  NOT NULL,
      finished_at         timestamptz,
      migration_name      varchar(255) NOT NULL,
      logs                text,
      rolled_back_at      timestamptz,
      started_at          timestamptz  NOT NULL DEFAULT now(),
      applied_steps_count integer      NOT NULL DEFAULT 0
    )`);
}

/** Takes the place of a record that was not finished, which stays as one that was rolled back. */
export async function writeRecord(
  client: ClientBase,
  schema: string,
  migration: Migration,
  error?: string,
): Promise<void> {
  await client.query(
    `UPDATE ${tableIn(schema)} SET rolled_back_at = now()
      WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL`,
    [migration.name],
  );
  await client.query(
    `INSERT INTO ${tableIn(schema)} (id, checksum, migration_name, started_at, finished_at, logs, applied_steps_count)
     SELECT $1, $2, $3, now(), CASE WHEN $4::text IS NULL THEN clock_timestamp() END, $4,
            CASE WHEN $4::text IS NULL THEN 1 ELSE 0 END`,
    [randomUUID(), checksumOf(migration), migration.name, error],
  );
}
