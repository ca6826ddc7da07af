import type pg from 'pg';
import type { DatabaseClock } from './clock.ts';
import { applySettings, hasOurSettings, type SessionSettings } from './session-settings.ts';

/**
 * A server that takes no writes. After a failover a name can lead to it for a while: what is connected to it by then would
 * stay there, and read what is old and write nothing.
 */
export class StandbyError extends Error {
  override readonly name = 'StandbyError';
  readonly code = '25006'; // as PostgreSQL calls it: read_only_sql_transaction
  constructor() {
    super('PostgreSQL is a standby here, which takes no writes. DATABASE_URL has to lead to the primary.');
  }
}

export interface Verification {
  /** Where the connection was to lead */
  readonly url: string;
  /** Hears what time it is there */
  readonly clock?: DatabaseClock;
  /** Settings of the connection's own */
  readonly own?: SessionSettings;
}

/**
 * Asks a new connection what it has led to, before its first use. Throws a StandbyError; a server becomes a standby by a
 * restart only, so that asking once is enough. Our settings are made where a pooler has kept them from the server.
 */
export async function verifySession(
  client: pg.ClientBase,
  { url, clock, own = {} }: Verification,
): Promise<void> {
  const askedAt = performance.now();
  const { rows } = await client.query<{ standby: boolean; ms: number; ours: boolean }>(
    `SELECT pg_is_in_recovery() AS standby, extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms,
            ${hasOurSettings(url)} AS ours`,
  );
  const heardAt = performance.now();
  const { standby, ms, ours } = rows[0]!;
  if (standby) throw new StandbyError();
  clock?.hear(ms, askedAt, heardAt);
  if (ours) return;
  const { text, values } = applySettings(url, own);
  await client.query(text, [...values]);
}

/** The `verify` of a pool: asked of each new connection, before its first use. */
export const verifyWith =
  (verification: Verification) =>
  (client: pg.ClientBase, done: (error?: Error) => void): void => {
    verifySession(client, verification).then(
      () => done(),
      (error: Error) => done(error),
    );
  };
