/** Whether the database is as this code expects it. */
import type { Pool } from 'pg';
import { migrationNames } from '../platform/migrations/files.ts';

export interface MigrationState {
  /** This code brings them, and the database has not got them, or not whole */
  readonly pending: readonly string[];
  /** The database has them, and this code does not know them: newer code has migrated it */
  readonly unknown: readonly string[];
}

const undefinedTable = '42P01';

/** A database that was never migrated has all of them pending. */
export async function readMigrationState(pool: Pool): Promise<MigrationState> {
  const known = await migrationNames();
  const { rows } = await pool
    .query<{ name: string }>(
      'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    )
    .catch((error) => {
      if (error.code !== undefinedTable) throw error;
      return { rows: [] };
    });
  const applied = new Set(rows.map(({ name }) => name));
  return {
    pending: known.filter((name) => !applied.has(name)),
    unknown: [...applied].filter((name) => !known.includes(name)).sort(),
  };
}
