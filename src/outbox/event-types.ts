import type { ClientBase, Pool } from 'pg';

/**
 * Makes known that this code knows these types. A process that writes events does so before its first one: the relay
 * parks what no process knows, and during a rolling release an older relay publishes what newer code writes.
 */
export async function registerEventTypes(db: Pool | ClientBase, types: readonly string[]): Promise<void> {
  await db.query('INSERT INTO outbox_event_type SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [types]);
}

/** Every type that is known to some process. */
export async function readEventTypes(db: Pool | ClientBase): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ type: string }>('SELECT type FROM outbox_event_type');
  return new Set(rows.map(({ type }) => type));
}
