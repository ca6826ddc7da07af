/** A command that an operator watches, and may interrupt. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface RunningCommand {
  /** What it has told so far */
  readonly stderr: string;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
  /** As Ctrl-C does */
  interrupt(): void;
}

const timeoutMs = 30_000;

/** Starts `node src/app/<file> <args>`. Only what a program needs to run is inherited from the environment. */
export function startCommand(
  file: `commands/${string}.ts`,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningCommand {
  const path = fileURLToPath(new URL(`../../src/app/${file}`, import.meta.url));
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const child = spawn(process.execPath, [path, ...args], {
    env: { PATH, HOME, TMPDIR, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: timeoutMs,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, stderr }));
  return {
    get stderr() {
      return stderr;
    },
    ended,
    interrupt: () => void child.kill('SIGINT'),
  };
}
