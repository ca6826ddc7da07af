import type pg from 'pg';
import type { DatabaseClock } from './clock.ts';

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

/** Throws a StandbyError; a server becomes a standby by a restart only, so that asking each new connection is enough. */
export async function refuseStandby(client: pg.ClientBase, clock?: DatabaseClock): Promise<void> {
  const askedAt = performance.now();
  const { rows } = await client.query<{ standby: boolean; ms: number }>(
    `SELECT pg_is_in_recovery() AS standby, extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms`,
  );
  const { standby, ms } = rows[0]!;
  if (standby) throw new StandbyError();
  clock?.hear(ms, askedAt, performance.now());
}

/** The `verify` of a pool: asked of each new connection, before its first use. */
export const verifyPrimary =
  (clock?: DatabaseClock) =>
  (client: pg.ClientBase, done: (error?: Error) => void): void => {
    refuseStandby(client, clock).then(
      () => done(),
      (error: Error) => done(error),
    );
  };
