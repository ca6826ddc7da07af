/** A Redis whose append-only file has no room to grow: the system refuses its writes, as on a full disk. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../dev/free-port.ts';
import { findRedis } from '../../dev/redis-binary.ts';
import { onFreePort, startServerProcess } from '../../dev/server-process.ts';

export interface SmallDiskRedis extends AsyncDisposable {
  readonly url: string;
  /** From now on its files take no byte more. */
  fillDisk(): Promise<void>;
  makeRoom(): void;
}

// without the trap the first refused write would end the process, which a full disk does not
const script = 'trap "" XFSZ; exec "$@"';

export async function startSmallDiskRedis(): Promise<SmallDiskRedis> {
  const folder = await mkdtemp(path.join(tmpdir(), 'aorta-redis-'));
  const start = (port: number) =>
    startServerProcess({
      name: 'Redis',
      command: '/bin/sh',
      args: [
        ...['-c', script, 'sh', findRedis(), '--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
        ...[
          '--save',
          '',
          '--appendonly',
          'yes',
          '--appenddirname',
          'log',
          '--maxmemory-policy',
          'noeviction',
        ],
      ],
      ready: 'Ready to accept connections',
      portTaken: 'Address already in use',
      endSignal: 'SIGKILL',
      folder,
    });
  const { server, port } = await onFreePort(freePort, async (candidate) => ({
    server: await start(candidate),
    port: candidate,
  }));
  // the soft limit: it can be raised again without any privilege
  const limit = (bytes: string) =>
    execFileSync('prlimit', ['--pid', String(server.pid), `--fsize=${bytes}:`], { stdio: 'pipe' });
  return {
    url: `redis://127.0.0.1:${port}`,
    async fillDisk() {
      const files = await readdir(path.join(folder, 'log'));
      const sizes = await Promise.all(files.map((file) => stat(path.join(folder, 'log', file))));
      limit(String(Math.max(...sizes.map(({ size }) => size))));
    },
    makeRoom: () => void limit('unlimited'),
    async [Symbol.asyncDispose]() {
      await server.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
