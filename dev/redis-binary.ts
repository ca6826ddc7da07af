import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const names = ['redis-server', 'valkey-server'];

/**
 * The path of a Redis or Valkey server. No npm package ships one, so that as root on a system with apt-get it is
 * installed, told on standard error; the package's own service is not started. Otherwise throws what to install.
 */
export function findRedis(): string {
  const found = onPath();
  if (found) return found;
  if (process.getuid?.() === 0 && find('apt-get')) install();
  const installed = onPath();
  if (installed) return installed;
  throw new Error(
    'No Redis: install the program redis-server (7.0 or newer) or valkey-server so that it is on the PATH, ' +
      'for instance with "apt-get install redis-server" or "brew install redis".',
  );
}

// `flock` lets one of several processes install while the others wait; RUNLEVEL=1 keeps the service from being started
const script = `command -v redis-server >/dev/null && exit
apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server`;

function install(): void {
  process.stderr.write(
    'Installing redis-server with apt-get, because neither redis-server nor valkey-server is here.\n',
  );
  const lock = path.join(tmpdir(), 'aorta-install-redis.lock');
  const { stdout, stderr, status } = spawnSync('flock', [lock, 'sh', '-c', script], { encoding: 'utf8' });
  if (status !== 0) process.stderr.write(`apt-get did not install redis-server:\n${stdout}${stderr}\n`);
}

const onPath = () => names.map(find).find((file) => file !== undefined);

function find(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
