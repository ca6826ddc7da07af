import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const timeoutMs = 120_000; // ends what hangs

export interface Ended {
  readonly code: number | string | null;
  readonly stderr: string;
}

/** Runs `node src/app/<file> <args>` to its end. Only what a program needs to run is inherited from the environment. */
export function endOf(
  file: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<Ended> {
  const path = fileURLToPath(new URL(`../src/app/${file}`, import.meta.url));
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const options = { env: { PATH, HOME, TMPDIR, ...env }, timeout: timeoutMs };
  return new Promise((resolve) => {
    execFile(process.execPath, [path, ...args], options, (error, _stdout, stderr) =>
      resolve({ code: error ? (error.code ?? null) : 0, stderr }),
    );
  });
}

/** Throws what it said, unless it ended well. */
export async function runProgram(file: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { code, stderr } = await endOf(file, env);
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${stderr.trim()}`);
}
