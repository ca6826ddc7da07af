/** The command `npm run fuzz`. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { leash } from '../../dev/leash.ts';

const main = fileURLToPath(new URL('../../fuzz/main.ts', import.meta.url));

async function runFuzz(...args: string[]) {
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH, HOME, TMPDIR },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const held = leash(child.pid!, 'SIGKILL');
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  held.release();
  return { code, stdout, stderr };
}

test('a mistake in the command line ends with code 2 and one line', async () => {
  const { code, stderr } = await runFuzz('--seconds', 'many');
  expect(stderr).toContain('--seconds is "many": it must be a whole number');
  expect(stderr).not.toContain('    at ');
  expect(code).toBe(2);
});
