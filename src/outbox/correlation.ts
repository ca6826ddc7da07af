import type { Pool } from 'pg';

/**
 * Whether a request of this actor may record its events under a correlation id that its client has chosen: no event has
 * it yet, or only the actor's own. Nobody can show that what nobody did was theirs: without an actor it must be new.
 */
export async function mayContinue(pool: Pool, correlationId: string, actor: string | null): Promise<boolean> {
  // found by outbox_correlation
  const { rows } = await pool.query<{ free: boolean }>(
    `SELECT NOT EXISTS (
       SELECT FROM outbox WHERE correlation_id = $1 AND ($2::text IS NULL OR actor IS DISTINCT FROM $2)
     ) AS free`,
    [correlationId, actor],
  );
  return rows[0]!.free;
}
