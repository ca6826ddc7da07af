import pg from 'pg';

/** Runs statements one after the other over a connection of its own, each in a transaction of its own. */
export async function tellPostgres(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
