import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../generated/prisma/client.ts';
import { type Clock, createDatabaseClock, type DatabaseClock } from './clock.ts';
import { endSilentConnections } from './postgres-silence.ts';
import { RequestPool, type RequestPoolOptions } from './request-pool.ts';
import { schemasOf } from './schemas.ts';
import { type SessionSettings, withSessionSettings } from './session-settings.ts';
import { type Verification, verifySession, verifyWith } from './verify-session.ts';

export type { PrismaClient };

/** Prisma for rows, and the pool beneath it for hand-written SQL. */
export interface Database extends AsyncDisposable {
  readonly prisma: PrismaClient;
  /** int8 arrives as a number here: positions stay below 2^53. */
  readonly pool: pg.Pool;
  /** By which everything is dated that a process decides or writes */
  readonly clock: Clock;
  stop(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Shown in pg_stat_activity, so that the horizon can name who holds it */
  readonly application: string;
  readonly maxConnections?: number;
  /** For the statements of requests, which take turns; else whoever comes first is served first */
  readonly turns?: Pick<RequestPoolOptions, 'perConnection' | 'perClient' | 'maxWaitMs'>;
  /** The server ends what takes longer; none takes its time */
  readonly statementTimeoutMs?: number;
}

const INT8 = 20;

/** Numbers for int8, everything else as pg gives it. */
export const pgTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: unknown) =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid as never, format as never),
} as pg.CustomTypesConfig;

/** What each connection of ours states beside what all sessions do. */
const ownSettings = (statementTimeoutMs = 0): SessionSettings => ({
  // far above the longest transaction of ours: a writer that hangs or dies does not hold the horizon for ever
  idle_in_transaction_session_timeout: '15000', // ms
  statement_timeout: String(statementTimeoutMs),
});

/** How every connection of ours is made. Its session is as our code relies on. */
export function connectionOptions(
  options: Pick<DatabaseOptions, 'url' | 'application' | 'statementTimeoutMs'>,
): pg.ClientConfig {
  return {
    // by `options` alone: a pooler refuses each parameter that it does not know, and lets one be named
    ...withSessionSettings(options.url, ownSettings(options.statementTimeoutMs)),
    application_name: options.application,
    types: pgTypes,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    connectionTimeoutMillis: 10_000,
  };
}

/** The `verify` of a pool with these options. */
export const verifying = (
  options: Pick<DatabaseOptions, 'url' | 'statementTimeoutMs'>,
  clock: DatabaseClock,
) => verifyWith({ url: options.url, clock, own: ownSettings(options.statementTimeoutMs) });

/**
 * Connects lazily; `stop` ends every connection. A query on a connection that fell silent fails within 10 s; one that
 * the server is at work on may take its time.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const connection = connectionOptions(options);
  const max = options.maxConnections ?? 10;
  const clock = createDatabaseClock();
  const config = { ...connection, max, verify: verifying(options, clock) };
  const pool = options.turns ? new RequestPool({ ...config, ...options.turns }) : new pg.Pool(config);
  // an idle connection that breaks is replaced by the pool at the next use; one in use makes its query fail
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const stopWatch = endSilentConnections(pool, connection);
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, {
      schema: schemasOf(options.url).domains,
      statementNameGenerator: createStatementNames(),
    }),
    transactionOptions: { maxWait: 15_000, timeout: 15_000 },
  });
  const listening = setInterval(
    () => void hearAgain(pool, { url: options.url, clock }).catch(() => {}),
    hearAgainMs,
  ).unref();
  const stop = async () => {
    clearInterval(listening);
    await prisma.$disconnect();
    await pool.end();
    stopWatch();
  };
  return { prisma, pool, clock, stop, [Symbol.asyncDispose]: stop };
}

const hearAgainMs = 30_000; // connections that last are asked by nothing else

async function hearAgain(pool: pg.Pool, verification: Verification): Promise<void> {
  const client = await pool.connect();
  try {
    await verifySession(client, verification);
  } finally {
    client.release();
  }
}

const maxStatements = 500;

/**
 * Names Prisma's statements, so that each connection has PostgreSQL parse and plan them once: planning costs more than most
 * of them. Texts that come in ever new forms, as lists of values do, must not fill the server: those that come late have
 * no name, and are planned each time.
 */
function createStatementNames(): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    if (!names.has(sql) && names.size < maxStatements) names.set(sql, `prisma_${names.size}`);
    return names.get(sql) ?? '';
  };
}
