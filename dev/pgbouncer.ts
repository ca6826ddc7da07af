import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findProgram } from './debian-program.ts';
import { freePort } from './free-port.ts';
import { leash } from './leash.ts';

export interface PgBouncer extends AsyncDisposable {
  /** The URL of the same database, through it */
  through(url: string): string;
}

export interface PgBouncerOptions {
  /** The server behind it */
  readonly to: string;
  readonly mode: 'session' | 'transaction';
  /** Lines of its section [pgbouncer] */
  readonly settings?: readonly string[];
}

/** Starts a real PgBouncer before a server, for all of its databases. It is gone with this process. */
export async function startPgBouncer({ to, mode, settings = [] }: PgBouncerOptions): Promise<PgBouncer> {
  const program = findProgram({
    names: ['pgbouncer'],
    debianPackage: 'pgbouncer',
    advice: 'PgBouncer so that it is on the PATH, for instance with "apt-get install pgbouncer"',
  });
  const server = new URL(to);
  const folder = await mkdtemp(path.join(tmpdir(), 'aorta-pgbouncer-'));
  const port = await freePort();
  const users = path.join(folder, 'users.txt');
  await writeFile(users, `"${server.username}" "${decodeURIComponent(server.password)}"\n`);
  const config = [
    '[databases]',
    `* = host=${server.hostname} port=${server.port}`,
    '[pgbouncer]',
    `listen_addr = 127.0.0.1`,
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = plain',
    `auth_file = ${users}`,
    `pool_mode = ${mode}`,
    'default_pool_size = 60',
    'max_client_conn = 500',
    ...settings,
  ];
  await writeFile(path.join(folder, 'pgbouncer.ini'), `${config.join('\n')}\n`);
  // it refuses to run as root
  for (const file of [folder, users, path.join(folder, 'pgbouncer.ini')]) await chmod(file, 0o755);
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const child = spawn(program, [path.join(folder, 'pgbouncer.ini')], {
    ...user,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.on('data', (text) => {
    told = `${told}${text}`.slice(-4_000);
  });
  const held = leash(child.pid!, 'SIGKILL', folder);
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended: ${told}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    through(url) {
      const changed = new URL(url);
      changed.host = `127.0.0.1:${port}`;
      return changed.href;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGKILL'), 2_000).unref();
      await exited;
      held.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
