/** The schemas that an installation is in. */
import type { ClientBase } from 'pg';
import { quote, type Schemas } from '../schemas.ts';

/** Makes the schemas that are missing; asks for no right to do so where there are both. */
export async function createSchemas(client: ClientBase, { platform, domains }: Schemas): Promise<void> {
  if (!(await exists(client, domains))) await client.query(`CREATE SCHEMA ${quote(domains)}`);
  if (await exists(client, platform)) return;
  await client.query(`CREATE SCHEMA ${quote(platform)}`);
  for (const statement of await rightsOf(client, domains, platform)) await client.query(statement);
}

async function exists(client: ClientBase, schema: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  return rowCount === 1;
}

/** Who may use one schema may use the other, now and what is made in it later. */
async function rightsOf(client: ClientBase, from: string, to: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ statement: string }>(
    `WITH live AS (SELECT * FROM pg_namespace WHERE nspname = $1)
     SELECT format('GRANT USAGE ON SCHEMA %I TO %s', $2::text,
                   CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END) AS statement
       FROM live, aclexplode(nspacl) WHERE privilege_type = 'USAGE'
      UNION ALL
     SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT %s ON %s TO %s', pg_get_userbyid(defaclrole), $2::text,
                   privilege_type, CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
                                                      WHEN 'f' THEN 'FUNCTIONS' ELSE 'TYPES' END,
                   CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
       FROM live JOIN pg_default_acl ON defaclnamespace = live.oid, aclexplode(defaclacl)
      WHERE pg_has_role(defaclrole, 'USAGE')`,
    [from, to],
  );
  return rows.map(({ statement }) => statement);
}

/**
 * Throws where an installation would begin anew beside one that its owner takes for the same: earlier versions paid no
 * heed to `?schema=`, and kept everything in `public`.
 */
export async function refuseToLeave(client: ClientBase, { platform, domains }: Schemas): Promise<void> {
  const { rows } = await client.query<{ schema: string }>(
    `SELECT nspname AS schema FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE relname = 'outbox' AND relkind = 'p' AND nspname IN ('public', $1, $2)`,
    [platform, domains],
  );
  const found = rows.map(({ schema }) => schema);
  if (found.includes(platform) || found.includes(domains) || !found.includes('public')) return;
  throw new Error(
    `there is an installation in the schema public, and none in "${domains}": earlier versions paid no heed to ?schema=. Take it out of DATABASE_URL to go on with what is in public, or begin anew beside it with --new`,
  );
}
