import type { Pool } from 'pg';

/** Makes tables in the test's own database. One of a domain that has the same name makes way: tests know no domain's. */
export async function makeTables(pool: Pool, sql: string): Promise<void> {
  const names = [...sql.matchAll(/CREATE TABLE (\w+)/g)].map((match) => match[1]);
  await pool.query(`DROP TABLE IF EXISTS ${names.join(', ')} CASCADE; ${sql}`);
}
