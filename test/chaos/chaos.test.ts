import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { faultNames } from '../../chaos/faults.ts';
import { leash } from '../../dev/leash.ts';

/** Node's own, kept between starts on purpose */
const compileCache = 'node-compile-cache';

const main = fileURLToPath(new URL('../../chaos/main.ts', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'aorta-chaos-test-'));
  // as root PostgreSQL runs as another user
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs `npm run chaos -- <args>` to its end, with a folder of its own for what is temporary. */
async function runChaos(...args: string[]) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH, HOME, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const held = leash(child.pid!, 'SIGKILL');
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  held.release();
  return { code, stdout, stderr, left: (await readdir(folder)).filter((name) => name !== compileCache) };
}

test('while faults happen by a schedule nothing is lost, made up, doubled or reordered, and every effect happens once', async () => {
  const { code, stdout, stderr, left } = await runChaos('--seed', '1', '--seconds', '20', '--json');
  expect(code, stderr).toBe(0);
  const { committed, delivered, ...outcome } = JSON.parse(stdout);
  expect(outcome).toEqual({
    seed: 1,
    seconds: 20,
    faults: faultNames,
    lost: 0,
    phantom: 0,
    doubled: 0,
    reordered: 0,
    effectsNotOnce: 0,
  });
  expect(committed).toBeGreaterThan(50);
  expect(delivered).toBe(committed);
  expect(left).toEqual([]);
});

test('the same checker sees what the usual recipe loses when clients lose their sockets and Redis is killed', async () => {
  const args = ['--seed', '1', '--seconds', '8', '--faults', 'client-cut,redis-kill', '--against', 'stock'];
  const { code, stdout, stderr } = await runChaos(...args, '--json');
  const { committed, delivered, lost } = JSON.parse(stdout);
  expect(lost, stderr).toBeGreaterThan(0);
  expect(delivered).toBeLessThan(committed);
  expect(stderr).toContain('lost: video.');
  expect(code).toBe(1);
});

test('a mistake in the command line ends with code 2 and one line', async () => {
  const { code, stdout, stderr } = await runChaos('--faults', 'flood');
  expect(stderr).toContain('--faults "flood": there is no such fault');
  expect(stderr).not.toContain('    at ');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});
