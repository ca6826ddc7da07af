import pg from 'pg';
import { until } from './until.ts';

/** The URL of another database of the same server. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  await onServer(serverUrl, (client) => client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`));
  return databaseUrl(serverUrl, name);
}

const OBJECT_IN_USE = '55006';

/**
 * Copies a database of the server, about 50 ms, and gives the URL of the copy. Waits while somebody is connected to the
 * template, which PostgreSQL refuses to copy then.
 */
export async function cloneDatabase(serverUrl: string, template: string, name: string): Promise<string> {
  await onServer(serverUrl, async (client) => {
    const statement = `CREATE DATABASE ${client.escapeIdentifier(name)} TEMPLATE ${client.escapeIdentifier(template)}`;
    await until(
      () =>
        client.query(statement).then(
          () => true,
          (error: pg.DatabaseError) => {
            if (error.code !== OBJECT_IN_USE) throw error;
            return false;
          },
        ),
      { message: `nobody is connected to database ${template}`, retryThrows: false },
    );
  });
  return databaseUrl(serverUrl, name);
}

/** Throws, naming the applications, when connections are left after 5 s: something was not stopped. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await onServer(serverUrl, async (client) => {
    try {
      // a process that was just ended needs a moment to disappear here
      await until(async () => (await connectionsTo(client, name)).length === 0, { timeoutMs: 5_000 }).catch(
        async () => {
          const left = await connectionsTo(client, name);
          throw new Error(`connections were left open by: ${left.join(', ')}`);
        },
      );
    } finally {
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
    }
  });
}

async function connectionsTo(client: pg.Client, name: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ application: string }>(
    `SELECT coalesce(nullif(application_name, ''), 'unnamed') || ': ' || left(query, 80) AS application
       FROM pg_stat_activity
      WHERE datname = $1 AND backend_type = 'client backend'`,
    [name],
  );
  return rows.map((row) => row.application);
}

async function onServer<Result>(
  serverUrl: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: serverUrl, application_name: 'test-support' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
