import type { Pool, PoolClient } from 'pg';
import { createHorizon, type Horizon } from './horizon.ts';

/**
 * One connection of a sink, and the horizon that it has seen. It ends with its connection: what was learnt of one
 * server is never applied to another that took its place.
 */
export interface OutboxSession {
  readonly client: PoolClient;
  readonly horizon: Horizon;
  /** Closes the connection. */
  end(): void;
}

export async function openSession(pool: Pool): Promise<OutboxSession> {
  const client = await pool.connect();
  // a connection that breaks makes its next query fail: that is how its user hears of it
  client.on('error', () => {});
  return { client, horizon: createHorizon(client), end: () => client.release(true) };
}
