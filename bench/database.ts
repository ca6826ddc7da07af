import pg from 'pg';
import type { PostgresServer } from '../dev/postgres.ts';
import { applyMigrations } from '../src/platform/migrations/apply.ts';

/** Makes a database on the server, with all migrations, and gives its URL. A few seconds. */
export async function createMigratedDatabase(server: PostgresServer, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const url = server.url(name);
  await applyMigrations(url);
  return url;
}
