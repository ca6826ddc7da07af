/** A copy of the project in which a test can write what a newcomer would. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const left = ['node_modules', '.git', '.ci', 'docs']; // what a project is generated, checked and run without

export interface ProjectCopy extends AsyncDisposable {
  readonly folder: string;
  write(file: string, text: string): Promise<void>;
  read(file: string): Promise<string>;
  /** Runs a line of the shell as npm would, with the Node of the project. */
  run(command: string, env?: Readonly<Record<string, string>>): Promise<{ code: number; output: string }>;
}

export async function copyProject(): Promise<ProjectCopy> {
  const folder = await mkdtemp(path.join(tmpdir(), 'aorta-domain-'));
  await Promise.all(
    (await readdir(root))
      .filter((part) => !left.includes(part))
      .map((part) => cp(path.join(root, part), path.join(folder, part), { recursive: true })),
  );
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const bin = path.join(root, 'node_modules/.bin');
  return {
    folder,
    async write(file, text) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    },
    read: (file) => readFile(path.join(folder, file), 'utf8'),
    run: (command, env = {}) =>
      new Promise((resolve) => {
        const options = { cwd: folder, env: { PATH: `${bin}:${PATH}`, HOME, TMPDIR, ...env } };
        execFile('sh', ['-c', command], options, (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
        );
      }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
