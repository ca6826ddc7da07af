import pg from 'pg';

/**
 * Throws when a pooler stands between us and PostgreSQL that lends its connections by the transaction: leases and the
 * horizon are session locks, and what a session sets, prepares and locks would be on somebody else's connection.
 */
export async function refuseTransactionPooling({
  options,
}: {
  readonly options: pg.ClientConfig;
}): Promise<void> {
  await using clients = new AsyncDisposableStack();
  const connect = async () => {
    const client = clients.adopt(new pg.Client(options), (opened) => opened.end());
    await client.connect();
    return client;
  };
  const one = await connect();
  if (!(await isPooled(one))) return;
  const other = await connect();
  await one.query(`SELECT set_config('aorta.kept', 'by this session', false)`);
  await other.query('BEGIN'); // takes the connection that was used last, if they are lent
  const { rows } = await one.query<{ kept: boolean }>(
    `SELECT current_setting('aorta.kept', true) IS NOT DISTINCT FROM 'by this session' AS kept`,
  );
  if (rows[0]!.kept) return;
  throw new Error(
    'a pooler lends its connections by the transaction, and Aorta needs sessions: its leases are session locks. Set pool_mode = session for this database, or lead DATABASE_URL past the pooler',
  );
}

/** A pooler gives process numbers of its own. */
async function isPooled(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ own: number }>('SELECT pg_backend_pid() AS own');
  return rows[0]!.own !== (client as pg.Client & { readonly processID: number }).processID;
}

/** What PgBouncer says of settings that it does not know, with what lets them through; anything else as it is. */
export function explainPooler(message: string): string {
  if (!/unsupported startup parameter/.test(message)) return message;
  return `${message}. A pooler stands in between: let ours through with "ignore_startup_parameters = options" and pool_mode = session`;
}
