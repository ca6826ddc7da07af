/**
 * Brings a database to the newest migration. Each is one transaction together with its record: whatever ends it, it is
 * done or nothing of it is left, and the next one goes on from there.
 */

import { applyOne } from './apply-one.ts';
import { type Migration, readMigrations } from './files.ts';
import { findHome } from './home.ts';
import { readRecords } from './records.ts';
import { refuseToLeave } from './schema.ts';
import { type MigrateSession, openMigrateSession } from './session.ts';
import type { Patience } from './turn.ts';

export interface MigrateOptions extends Patience {
  /** Hears of each migration when it is applied */
  readonly applied?: (name: string, ms: number) => void;
  /** Lets an installation begin in a schema while there is one in `public` */
  readonly beginAnew?: boolean;
  /** Those of this code if not given */
  readonly migrations?: readonly Migration[];
}

/** Applies what is missing, in order, and gives the names of the migrations that it applied. Any number may do so at once. */
export async function applyMigrations(
  databaseUrl: string,
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  await using session = await openMigrateSession(databaseUrl);
  const { client, schemas } = session;
  if (!options.beginAnew) await refuseToLeave(client, schemas);
  const records = await readRecords(client, await findHome(client, schemas));
  const done = new Set(records.filter(({ finishedAt }) => finishedAt).map(({ name }) => name));
  const applied: string[] = [];
  for (const migration of options.migrations ?? (await readMigrations())) {
    if (done.has(migration.name)) continue;
    const begunAt = performance.now();
    if (!(await applyOne(session, migration, options))) continue;
    applied.push(migration.name);
    options.applied?.(migration.name, performance.now() - begunAt);
  }
  await tellWhere(session, options);
  return applied;
}

async function tellWhere({ client, schemas }: MigrateSession, { notice }: Patience): Promise<void> {
  const home = await findHome(client, schemas);
  if (home === schemas.platform) return;
  notice?.(
    `the platform's tables are in "${home}" still. Once every process runs with this DATABASE_URL, "npm run migrate -- --move" puts them into "${schemas.platform}"`,
  );
}
