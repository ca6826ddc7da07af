/** One migration in one transaction with its record. */
import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Migration } from './files.ts';
import { wasMade } from './made.ts';
import { createRecords, readRecords, writeRecord } from './records.ts';
import { createSchema } from './schema.ts';
import type { MigrateSession } from './session.ts';
import { describeTurn, type Wait, watchSession } from './watch.ts';

export type Outcome =
  | { readonly kind: 'applied' }
  /** By somebody else, meanwhile */
  | { readonly kind: 'present' }
  /** Nothing has happened, because others hold locks */
  | { readonly kind: 'busy'; readonly wait: Wait };

/** A migration cannot be applied as it is; nothing of it is left in the database but the record of that. */
export class MigrationFailedError extends Error {
  override readonly name = 'MigrationFailedError';
}

/**
 * Those who migrate the same schema take turns by it. Of the transaction, so that no pooler can keep it. In `public` it is
 * the one of Prisma's own tools and of older code.
 */
const turnOf = (schema: string): bigint =>
  schema === 'public'
    ? 72707369n
    : createHash('sha256').update(`aorta-migrate ${schema}`).digest().readBigInt64BE();

/**
 * While a change of a table waits for somebody who reads it, all who come to the table later wait behind the change. So it
 * waits for a moment only, and is tried again after a longer one.
 */
const lockTimeoutMs = 200;

const busyCodes = ['55P03', '40P01']; // a lock that was not given, a deadlock

/** Applies it, unless that would have to wait. Throws a MigrationFailedError; `works` hears how far long work is. */
export async function applyOne(
  { client, watcher, schema, pid }: MigrateSession,
  migration: Migration,
  works: (how: string) => void,
): Promise<Outcome> {
  const turn = turnOf(schema);
  await client.query('BEGIN');
  if (!(await isOurTurn(client, turn))) {
    await client.query('ROLLBACK');
    return { kind: 'busy', wait: await describeTurn(watcher, turn) };
  }
  const watch = watchSession(watcher, pid, works);
  try {
    const outcome = await apply(client, schema, migration);
    await client.query('COMMIT');
    return outcome;
  } catch (error) {
    // a refusal of the server; anything else is a connection that has ended, and with it the transaction
    if (!(error instanceof pg.DatabaseError)) throw error;
    await client.query('ROLLBACK').catch(() => {});
    await watch.stop();
    if (busyCodes.includes(error.code ?? '')) return { kind: 'busy', wait: watch.wait ?? unseen };
    throw await recordFailure(client, migration, error);
  } finally {
    await watch.stop();
  }
}

const unseen: Wait = { who: '', line: 'a lock was not to be had' };

async function isOurTurn(client: pg.Client, turn: bigint): Promise<boolean> {
  const { rows } = await client.query<{ ours: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS ours', [
    turn,
  ]);
  return rows[0]!.ours;
}

async function apply(client: pg.Client, schema: string, migration: Migration): Promise<Outcome> {
  await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
  await createSchema(client, schema);
  await createRecords(client);
  const record = (await readRecords(client)).find(({ name }) => name === migration.name);
  if (record?.finishedAt) return { kind: 'present' };
  const cutShort = record && record.error === null;
  if (!(cutShort && (await wasMade(client, migration)))) await client.query(migration.sql);
  await writeRecord(client, migration);
  return { kind: 'applied' };
}

async function recordFailure(
  client: pg.Client,
  migration: Migration,
  error: pg.DatabaseError,
): Promise<MigrationFailedError> {
  const line = migration.sql.slice(0, Number(error.position ?? 0)).split('\n').length;
  const where = error.position === undefined ? migration.name : `${migration.name}, line ${line}`;
  const why = [error.message, error.detail, error.hint].filter(Boolean).join('. ');
  // it cannot be written where the connection has ended; then it stays pending
  await createRecords(client)
    .then(() => writeRecord(client, migration, `${error.code} ${why}`))
    .catch(() => {});
  return new MigrationFailedError(
    `${where}: ${why} (${error.code}). Nothing of it is left; mend the cause and run migrate again`,
    { cause: error },
  );
}
