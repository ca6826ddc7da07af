/** The connections of one who migrates: one for the work, and one that watches it. */
import pg from 'pg';
import { refuseTransactionPooling } from '../pooler.ts';
import { type Schemas, schemasOf } from '../schemas.ts';
import { withSessionSettings } from '../session-settings.ts';
import { verifySession } from '../verify-session.ts';

export interface MigrateSession extends AsyncDisposable {
  readonly client: pg.Client;
  readonly watcher: pg.Client;
  readonly schemas: Schemas;
  /** Of the client, as PostgreSQL numbers it */
  readonly pid: number;
}

const own = {
  // whoever is stopped in the middle keeps its locks no longer
  idle_in_transaction_session_timeout: '60000', // ms
};

export async function openMigrateSession(databaseUrl: string): Promise<MigrateSession> {
  await using connections = new AsyncDisposableStack();
  const client = connections.adopt(await connectToMigrate(databaseUrl), close);
  await refuseTransactionPooling({ options: optionsOf(databaseUrl) });
  const watcher = connections.adopt(await connectToMigrate(databaseUrl), close);
  await endWithClient(client);
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const opened = connections.move();
  const schemas = schemasOf(databaseUrl);
  return { client, watcher, schemas, pid: rows[0]!.pid, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

const optionsOf = (databaseUrl: string) => ({
  ...withSessionSettings(databaseUrl, own),
  application_name: 'aorta-migrate',
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
});

const close = (client: pg.Client) => client.end().catch(() => {});

/** A connection whose session is as it has to be, to be ended by the caller. */
export async function connectToMigrate(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client(optionsOf(databaseUrl));
  client.on('error', () => {}); // its query fails
  try {
    await client.connect();
    await verifySession(client, { url: databaseUrl, own });
    return client;
  } catch (error) {
    await close(client);
    throw error;
  }
}

/** Lets PostgreSQL see in the middle of a statement that nobody waits for it any more. Some systems cannot. */
async function endWithClient(client: pg.Client): Promise<void> {
  await client.query("SET client_connection_check_interval = '1s'").catch(() => {});
}
