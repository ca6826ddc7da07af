/**
 * A lease by session advisory lock: at most one holder per name in an installation, replaced when its session ends. A
 * holder that hangs or is cut off loses it too, because its session is ended when its heartbeat stays away. Those who
 * stand by wait in PostgreSQL, which gives the lock to the next in the moment that it is free.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { logged } from './failures/text.ts';
import { lockKey } from './lock-key.ts';
import type { Logger } from './logger.ts';
import { connectionOptions } from './postgres.ts';
import { verifySession } from './verify-session.ts';

export interface LeaseOptions {
  readonly url: string;
  /** What is leased, such as `relay:aorta` */
  readonly name: string;
  /** Shown in pg_stat_activity: who holds it */
  readonly application: string;
  readonly logger: Logger;
  /** Runs while the lease is held; must end soon after the signal. Its end gives the lease back. */
  readonly whileHeld: (signal: AbortSignal) => Promise<void>;
}

export interface Lease {
  /** False as soon as it is known to be lost, while its work may still be ending */
  readonly held: boolean;
  stop(): Promise<void>;
}

const lockClass = 1635086709; // beside the outbox writers' 1635086708
const heartbeatMs = 300;
const sessionTimeoutMs = 1_200; // four heartbeats: how long a hanging holder keeps others out
const waitMs = 900; // below deadlock_timeout: PostgreSQL neither looks for a deadlock nor logs the wait
const retryMs = 200;
const connectMs = 4_000;

/** Tries for the lease until stopped, and again whenever it was lost. */
export function holdLease(options: LeaseOptions): Lease {
  const { logger, name } = options;
  const stopping = new AbortController();
  let held = false;

  const hold = async (client: pg.Client) => {
    const lost = new AbortController();
    lost.signal.addEventListener('abort', () => {
      held = false;
    });
    client.once('end', () => lost.abort());
    client.once('error', () => lost.abort());
    const beats = beat(client, lost);
    held = true;
    logger.info({ lease: name }, 'lease.taken');
    try {
      await options.whileHeld(AbortSignal.any([lost.signal, stopping.signal]));
    } finally {
      lost.abort();
      await beats;
      logger.info({ lease: name }, 'lease.ended');
    }
  };

  const run = async () => {
    while (!stopping.signal.aborted) {
      const client = new pg.Client({
        ...connectionOptions(options),
        connectionTimeoutMillis: connectMs,
        query_timeout: sessionTimeoutMs,
      });
      client.on('error', () => {});
      try {
        await client.connect();
        await verifySession(client, { url: options.url });
        await client.query(`SET idle_session_timeout = ${sessionTimeoutMs}; SET lock_timeout = ${waitMs}`);
        if (await untilLocked(client, name, stopping.signal)) await hold(client);
      } catch (error) {
        if (!stopping.signal.aborted) logger.warn({ lease: name, ...logged(error) }, 'lease.failed');
      } finally {
        await close(client);
      }
      if (!stopping.signal.aborted) await pause(retryMs, stopping.signal);
    }
  };

  const finished = run();
  return {
    get held() {
      return held;
    },
    async stop() {
      stopping.abort();
      await finished;
    },
  };
}

/**
 * Waits again and again for a bounded time: a wait without end would keep vacuum from its work, and one on a connection
 * that fell silent would never be known to be for nothing.
 */
async function untilLocked(client: pg.Client, name: string, signal: AbortSignal): Promise<boolean> {
  const waitForLock = `
    DO $$ BEGIN
      PERFORM pg_advisory_lock(${lockClass}, ${lockKey(client.escapeLiteral(name))});
    EXCEPTION WHEN lock_not_available THEN -- caught here, the time-out leaves no line in the server's log
    END $$`;
  const hasLock = `
    SELECT FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory' AND granted`;
  const giveUp = () => void close(client);
  signal.addEventListener('abort', giveUp);
  try {
    while (!signal.aborted) {
      await client.query({ text: waitForLock, query_timeout: waitMs + sessionTimeoutMs } as pg.QueryConfig);
      if ((await client.query(hasLock)).rowCount) return true;
    }
    return false;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** Keeps the session from being ended as idle; gives up the lease when it no longer answers. */
async function beat(client: pg.Client, lost: AbortController): Promise<void> {
  while (!lost.signal.aborted) {
    await pause(heartbeatMs, lost.signal);
    if (lost.signal.aborted) return;
    if (!(await answersInTime(client))) lost.abort();
  }
}

/**
 * A Sync message, which the server answers without a transaction: that a lease is held costs nothing. It counts as activity,
 * so that the session is not idle. Nothing else may be under way on the connection.
 */
async function answersInTime({ connection }: pg.Client): Promise<boolean> {
  const answer = once(connection, 'readyForQuery', { signal: AbortSignal.timeout(sessionTimeoutMs) });
  connection.sync();
  return answer.then(
    () => true,
    () => false,
  );
}

/** A goodbye over a connection that fell silent is never answered: it is not waited for any longer than a heartbeat. */
async function close(client: pg.Client): Promise<void> {
  await Promise.race([client.end().catch(() => {}), delay(sessionTimeoutMs, undefined, { ref: false })]);
  (client.connection.stream as Socket).destroy();
}

const pause = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => {});

/** The application that holds the lease now; null when nobody does. */
export async function leaseHolder(pool: pg.Pool, name: string): Promise<string | null> {
  const { rows } = await pool.query<{ application: string }>(
    `SELECT application_name AS application
       FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE locktype = 'advisory' AND granted AND classid = $1 AND objsubid = 2
        AND objid = (${lockKey('$2')}::bigint & 4294967295)::oid
        AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [lockClass, name],
  );
  return rows[0]?.application ?? null;
}
