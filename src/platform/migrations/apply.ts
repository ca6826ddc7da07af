/**
 * Brings a database to the newest migration. Each is one transaction together with its record: whatever ends it, it is
 * done or nothing of it is left, and the next one goes on from there.
 */

import { applyOne, type Outcome } from './apply-one.ts';
import { type Migration, readMigrations } from './files.ts';
import { readRecords } from './records.ts';
import { refuseToLeave } from './schema.ts';
import { type MigrateSession, openMigrateSession } from './session.ts';
import { tellEveryMs } from './watch.ts';

export interface MigrateOptions {
  /** Hears of each migration when it is applied */
  readonly applied?: (name: string, ms: number) => void;
  /** Hears what is waited for, and how far long work is */
  readonly notice?: (line: string) => void;
  /** How long it may wait for locks before it gives up, ms */
  readonly patienceMs?: number;
  /** Lets an installation begin in a schema while there is one in `public` */
  readonly beginAnew?: boolean;
  /** Those of this code if not given */
  readonly migrations?: readonly Migration[];
}

/** Locks were not to be had; what was applied before stays, and nothing else has happened. */
export class LocksHeldError extends Error {
  override readonly name = 'LocksHeldError';
}

export const defaultPatienceMs = 600_000;

/** Applies what is missing, in order, and gives the names of the migrations that it applied. Any number may do so at once. */
export async function applyMigrations(
  databaseUrl: string,
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  await using session = await openMigrateSession(databaseUrl);
  if (!options.beginAnew) await refuseToLeave(session.client, session.schema);
  const records = await readRecords(session.client);
  const done = new Set(records.filter(({ finishedAt }) => finishedAt).map(({ name }) => name));
  const applied: string[] = [];
  for (const migration of options.migrations ?? (await readMigrations())) {
    if (done.has(migration.name)) continue;
    const begunAt = performance.now();
    if (!(await applyWithPatience(session, migration, options))) continue;
    applied.push(migration.name);
    options.applied?.(migration.name, performance.now() - begunAt);
  }
  return applied;
}

const pauseMs = 1_000; // several times as long as it keeps others waiting

/** False when somebody else has applied it meanwhile. */
async function applyWithPatience(
  session: MigrateSession,
  migration: Migration,
  { notice = () => {}, patienceMs = defaultPatienceMs }: MigrateOptions,
): Promise<boolean> {
  const begunAt = performance.now();
  let toldAt = Number.NEGATIVE_INFINITY;
  let told: string | undefined;
  for (;;) {
    const outcome: Outcome = await applyOne(session, migration, (how) => notice(`${migration.name}: ${how}`));
    if (outcome.kind !== 'busy') return outcome.kind === 'applied';
    const { who, line } = outcome.wait;
    const now = performance.now();
    if (now - begunAt > patienceMs) {
      throw new LocksHeldError(
        `gave up after ${Math.round((now - begunAt) / 1000)} s; nothing of it is left. ${migration.name} waits: ${line}`,
      );
    }
    if (who !== told || now - toldAt > tellEveryMs) {
      notice(`${migration.name} waits: ${line}`);
      told = who;
      toldAt = now;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.75 + Math.random() / 2)));
  }
}
