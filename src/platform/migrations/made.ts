/** Whether a migration has taken place that was neither recorded as finished nor as failed. */
import type { ClientBase } from 'pg';
import type { Migration } from './files.ts';

const creates = /^CREATE (?:UNIQUE )?(TABLE|INDEX|VIEW|SEQUENCE|TYPE|FUNCTION) "?(\w+)"?/gm;

const lookUp: Readonly<Record<string, string>> = { TYPE: 'to_regtype', FUNCTION: 'to_regproc' };

/**
 * Migrate recorded the end of a migration after its transaction once: killed in between, it left one that was done and has
 * no end. A script takes effect whole or not at all, so that it is done when everything is there that it creates.
 */
export async function wasMade(client: ClientBase, { sql }: Migration): Promise<boolean> {
  const looks = [...sql.matchAll(creates)].map(
    ([, kind, name]) => `${lookUp[kind!] ?? 'to_regclass'}('${name}') IS NOT NULL`,
  );
  if (looks.length === 0) return false;
  const { rows } = await client.query<{ made: boolean }>(`SELECT ${looks.join(' AND ')} AS made`);
  return rows[0]!.made;
}
