import type { Pool } from 'pg';

const mostAtOnce = 5_000; // so that the statement is short, and mutations with keys hardly meet it

/** Lets go of idempotency keys that are older than so many days, a part of them: nobody repeats a request after that. */
export async function forgetKeys(pool: Pool, days: number): Promise<void> {
  if (days === Number.POSITIVE_INFINITY) return;
  await pool.query(
    `DELETE FROM idempotency_key
      WHERE (operation, key) IN (SELECT operation, key FROM idempotency_key
                                  WHERE created_at < now() - $1::float8 * interval '1 day'
                                  ORDER BY created_at LIMIT $2)`,
    [days, mostAtOnce],
  );
}
