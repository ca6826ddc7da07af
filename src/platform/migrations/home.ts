import type { ClientBase } from 'pg';
import type { Schemas } from '../schemas.ts';

/**
 * The schema that the platform's tables are in, or are to be made in. It is that of the domains where everything was
 * together before, until they are moved.
 */
export async function findHome(client: ClientBase, { platform, domains }: Schemas): Promise<string> {
  const { rows } = await client.query<{ schema: string }>(
    `SELECT nspname AS schema FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE relname = 'outbox' AND relkind = 'p' AND nspname IN ($1, $2)`,
    [platform, domains],
  );
  const found = rows.map(({ schema }) => schema);
  return found.includes(platform) || !found.includes(domains) ? platform : domains;
}
