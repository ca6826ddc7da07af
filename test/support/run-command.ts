/** A command of the platform as an operator runs it, to its end. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface CommandResult {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const timeoutMs = 300_000; // ends what hangs

/** Runs `node src/app/<file> <args>`. Only what a program needs to run is inherited from the environment. */
export function runCommand(
  file: 'main.ts' | 'migrate.ts' | 'seed.ts' | `commands/${string}.ts`,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const path = fileURLToPath(new URL(`../../src/app/${file}`, import.meta.url));
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const options = { env: { PATH, HOME, TMPDIR, ...env }, timeout: timeoutMs };
  return new Promise((resolve) => {
    execFile(process.execPath, [path, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error ? (error.code ?? null) : 0, stdout, stderr }),
    );
  });
}
