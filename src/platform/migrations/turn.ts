/** A change of the database in one transaction, which takes turns with others and keeps nobody waiting. */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { MigrateSession } from './session.ts';
import { describeTurn, tellEveryMs, watchSession } from './watch.ts';

export interface Patience {
  /** Hears what is waited for, and how far long work is */
  readonly notice?: (line: string) => void;
  /** How long it may wait for locks before it gives up, ms */
  readonly patienceMs?: number;
}

export const defaultPatienceMs = 600_000;

/** Locks were not to be had; what was done before stays, and nothing else has happened. */
export class LocksHeldError extends Error {
  override readonly name = 'LocksHeldError';
}

/**
 * While a change of a table waits for somebody who reads it, all who come to the table later wait behind the change. So it
 * waits for a moment only, and is tried again after a longer one.
 */
const lockTimeoutMs = 200;
const pauseMs = 1_000;

const busyCodes = ['55P03', '40P01']; // a lock that was not given, a deadlock

/**
 * Those who migrate the same installation take turns by it. Of the transaction, so that no pooler can keep it. In `public`
 * it is the one of Prisma's own tools and of older code.
 */
const turnOf = (domains: string): bigint =>
  domains === 'public'
    ? 72707369n
    : createHash('sha256').update(`aorta-migrate ${domains}`).digest().readBigInt64BE();

/** Does the work in a transaction, again and again until it has its locks. Throws what the work throws, with nothing done. */
export async function inTurn<Result>(
  session: MigrateSession,
  name: string,
  work: (client: pg.Client) => Promise<Result>,
  { notice = () => {}, patienceMs = defaultPatienceMs }: Patience = {},
): Promise<Result> {
  const begunAt = performance.now();
  let toldAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const outcome = await attempt(session, work, (how) => notice(`${name}: ${how}`));
    if (outcome.wait === undefined) return outcome.result;
    const now = performance.now();
    if (now - begunAt > patienceMs) {
      const seconds = Math.round((now - begunAt) / 1000);
      throw new LocksHeldError(
        `gave up after ${seconds} s; nothing of it is left. ${name} waits: ${outcome.wait}`,
      );
    }
    // at once, and then now and then: under load it is others each time
    if (now - toldAt > tellEveryMs) {
      notice(`${name} waits: ${outcome.wait}`);
      toldAt = now;
    }
    await delay(pauseMs * (0.75 + Math.random() / 2));
  }
}

type Outcome<Result> =
  | { readonly wait?: undefined; readonly result: Result }
  /** Nothing has happened, because others hold locks */
  | { readonly wait: string };

async function attempt<Result>(
  { client, watcher, schemas, pid }: MigrateSession,
  work: (client: pg.Client) => Promise<Result>,
  works: (how: string) => void,
): Promise<Outcome<Result>> {
  const turn = turnOf(schemas.domains);
  await client.query('BEGIN');
  if (!(await isOurTurn(client, turn))) {
    await client.query('ROLLBACK');
    return { wait: await describeTurn(watcher, turn) };
  }
  const watch = watchSession(watcher, pid, works);
  try {
    await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    const result = await work(client);
    await client.query('COMMIT');
    return { result };
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    await watch.stop();
    const busy = error instanceof pg.DatabaseError && busyCodes.includes(error.code ?? '');
    if (busy) return { wait: watch.wait ?? 'a lock was not to be had' };
    throw error;
  } finally {
    await watch.stop();
  }
}

async function isOurTurn(client: pg.Client, turn: bigint): Promise<boolean> {
  const { rows } = await client.query<{ ours: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS ours', [
    turn,
  ]);
  return rows[0]!.ours;
}
