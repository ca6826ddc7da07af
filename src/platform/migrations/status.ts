/** What a database has of the migrations of this code, and what it has beside. */
import { schemasOf } from '../schemas.ts';
import { migrationNames } from './files.ts';
import { findHome } from './home.ts';
import { readRecords } from './records.ts';
import { connectToMigrate } from './session.ts';

export interface MigrationStatus {
  readonly name: string;
  /** `cut short`: it was begun and did not come to an end. `unknown`: newer code has applied it */
  readonly status: 'applied' | 'pending' | 'failed' | 'cut short' | 'unknown';
  readonly at?: Date;
  readonly error?: string;
}

/** Of every migration, the newest first. Waits for nobody. */
export async function readMigrationStatus(databaseUrl: string): Promise<readonly MigrationStatus[]> {
  const client = await connectToMigrate(databaseUrl);
  try {
    const [known, records] = [
      await migrationNames(),
      await readRecords(client, await findHome(client, schemasOf(databaseUrl))),
    ];
    const byName = new Map(records.map((record) => [record.name, record]));
    const names = new Set([...known, ...byName.keys()]);
    return [...names]
      .sort()
      .reverse()
      .map((name): MigrationStatus => {
        const record = byName.get(name);
        if (!record) return { name, status: 'pending' };
        const { startedAt, finishedAt, error } = record;
        if (finishedAt) return { name, status: known.includes(name) ? 'applied' : 'unknown', at: finishedAt };
        if (error) return { name, status: 'failed', at: startedAt, error };
        return { name, status: 'cut short', at: startedAt };
      });
  } finally {
    await client.end();
  }
}

/** Whether code of these migrations can run: what it does not know is there for newer code. */
export const isUpToDate = (migrations: readonly MigrationStatus[]): boolean =>
  migrations.every(({ status }) => status === 'applied' || status === 'unknown');
