/** npm run migrate as a process that can be killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface MigrateProcess {
  /** What it has written so far */
  readonly output: { readonly stdout: string; readonly stderr: string };
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  /** Ends it with no chance to do anything, as `kill -9` does. */
  kill(): Promise<unknown>;
}

const file = fileURLToPath(new URL('../../src/app/migrate.ts', import.meta.url));

export function spawnMigrate(url: string, args: readonly string[] = []): MigrateProcess {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [file, ...args], {
    env: { PATH, HOME, DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, ...output }));
  return {
    output,
    ended,
    kill: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
}
