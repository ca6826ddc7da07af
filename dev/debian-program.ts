/** Finds programs that no npm package ships: on the PATH, or installed from Debian's packages when this is allowed. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Program {
  /** What it may be called, the best first */
  readonly names: readonly string[];
  /** The package of Debian and Ubuntu that brings it */
  readonly debianPackage: string;
  /** What to install otherwise, as the end of the sentence "install …" */
  readonly advice: string;
}

/**
 * Returns the path of the program. As root on a system with apt-get a missing one is installed, told on standard error;
 * services that its package brings are not started. Otherwise throws what to install.
 */
export function findProgram(program: Program): string {
  const found = onPath(program);
  if (found) return found;
  if (process.getuid?.() === 0 && find('apt-get')) install(program);
  const installed = onPath(program);
  if (installed) return installed;
  throw new Error(`No ${program.names[0]}: install ${program.advice}.`);
}

// `flock` lets one of several processes install while the others wait; RUNLEVEL=1 keeps services from being started
const script = `command -v "$1" >/dev/null && exit
apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2"`;

function install({ names: [name = ''], debianPackage }: Program): void {
  process.stderr.write(`Installing ${debianPackage} with apt-get, because ${name} is not here.\n`);
  const lock = path.join(tmpdir(), 'aorta-install.lock');
  const { stdout, stderr, status } = spawnSync(
    'flock',
    [lock, 'sh', '-c', script, 'sh', name, debianPackage],
    { encoding: 'utf8' },
  );
  if (status !== 0) process.stderr.write(`apt-get did not install ${debianPackage}:\n${stdout}${stderr}\n`);
}

const onPath = ({ names }: Program) => names.map(find).find((file) => file !== undefined);

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
