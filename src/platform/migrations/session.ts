/** The connections of one who migrates: one for the work, and one that watches it. */
import pg from 'pg';
import { refuseTransactionPooling } from '../pooler.ts';
import { withSessionSettings } from '../session-settings.ts';
import { verifySession } from '../verify-session.ts';

export interface MigrateSession extends AsyncDisposable {
  readonly client: pg.Client;
  readonly watcher: pg.Client;
  /** Of the client, as PostgreSQL numbers it */
  readonly pid: number;
}

const own = {
  // whoever is stopped in the middle keeps its locks no longer
  idle_in_transaction_session_timeout: '60000', // ms
};

export async function openMigrateSession(databaseUrl: string): Promise<MigrateSession> {
  await using connections = new AsyncDisposableStack();
  const options = {
    ...withSessionSettings(databaseUrl, own),
    application_name: 'aorta-migrate',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  };
  const connect = async () => {
    const client = connections.adopt(new pg.Client(options), (opened) => opened.end().catch(() => {}));
    client.on('error', () => {}); // its query fails
    await client.connect();
    await verifySession(client, { own });
    return client;
  };
  const client = await connect();
  await refuseTransactionPooling({ options });
  const watcher = await connect();
  await endWithClient(client);
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const opened = connections.move();
  return { client, watcher, pid: rows[0]!.pid, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Lets PostgreSQL see in the middle of a statement that nobody waits for it any more. Some systems cannot. */
async function endWithClient(client: pg.Client): Promise<void> {
  await client.query("SET client_connection_check_interval = '1s'").catch(() => {});
}
