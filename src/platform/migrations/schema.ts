/** The schema that an installation is in. */
import type { ClientBase } from 'pg';
import { quote } from '../schemas.ts';

/** Makes the schema where there is none; asks for no right to do so where there is one. */
export async function createSchema(client: ClientBase, schema: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  if (rowCount === 0) await client.query(`CREATE SCHEMA ${quote(schema)}`);
}

/**
 * Throws where an installation would begin anew beside one that its owner takes for the same: earlier versions paid no
 * heed to `?schema=`, and kept everything in `public`.
 */
export async function refuseToLeave(client: ClientBase, schema: string): Promise<void> {
  const { rows } = await client.query<{ schema: string }>(
    `SELECT nspname AS schema FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE relname = 'outbox_position_seq' AND nspname IN ('public', $1)`,
    [schema],
  );
  const found = rows.map((row) => row.schema);
  if (found.includes(schema) || !found.includes('public')) return;
  throw new Error(
    `there is an installation in the schema public, and none in "${schema}": earlier versions paid no heed to ?schema=. Take it out of DATABASE_URL to go on with what is in public, or begin anew beside it with --new`,
  );
}
