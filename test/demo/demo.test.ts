import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { leash } from '../../dev/leash.ts';

/** Node's own, kept between starts on purpose */
const compileCache = 'node-compile-cache';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'aorta-demo-test-'));
  // as root PostgreSQL runs as another user
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

const main = fileURLToPath(new URL('../../demo/main.ts', import.meta.url));

/** Runs the demo to its end, with a folder of its own for what is temporary. */
async function runDemo(...args: string[]) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [main, ...args], { env: { PATH, HOME, TMPDIR: folder, PORT: '0' } });
  const held = leash(child.pid!, 'SIGKILL');
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  held.release();
  return { code, ...output, left: (await readdir(folder)).filter((name) => name !== compileCache) };
}

const services = [
  'viewing',
  'preferences',
  'recommendations',
  'analytics',
  'notifications',
  'badges',
  'rankings',
];
const allHandled = (starts: number) => Object.fromEntries(services.map((service) => [service, starts]));
const faultless = { lost: 0, doubled: 0, reordered: 0, phantom: 0, missing: {}, ok: true };

test('everyone watches while a service is stopped, which then catches up with nothing missing', async () => {
  const { code, stdout, stderr, left } = await runDemo(
    ...['--exit', '--json', '--limit', '40', '--rate', 'max', '--without', 'recommendations'],
  );
  expect(code, stderr).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  const summary = JSON.parse(lines.at(-1)!);
  expect(summary).toMatchObject({ ...faultless, starts: 40, handled: allHandled(40) });
  expect(summary.published).toBe(summary.recorded);
  expect(summary.delivered).toBe(summary.recorded);
  expect(summary.latencyMs.p50).toBeGreaterThan(0);
  expect(stderr).toContain('Started again, and caught up: recommendations, 40 events');
  expect(left).toEqual([]);
});

test('customers of the bank go on while the worker is killed, and every cent is accounted for', async () => {
  const { code, stdout, stderr, left } = await runDemo('--bank', '--exit', '--json', '--limit', '150');
  expect(code, stderr).toBe(0);
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  expect(summary).toMatchObject({ lost: 0, doubled: 0, reordered: 0, phantom: 0, findings: 0, ok: true });
  expect(summary).toMatchObject({ pastIsAsItWas: true, conflictDetected: true });
  const { deposits, withdrawals, transfers, refused } = summary;
  expect(deposits + withdrawals + transfers + refused).toBe(150);
  expect(summary.onAccounts).toBe(summary.paidIn);
  expect(summary.delivered).toBe(summary.recorded);
  expect(stderr).toContain('The worker was killed (kill -9) in the middle');
  expect(left).toEqual([]);
});

test('a history is replayed: each rating is one viewing', async () => {
  await writeFile(
    path.join(folder, 'movies.csv'),
    'movieId,title,genres\n1,Toy Story (1995),Comedy\n2,Heat,Crime\n',
  );
  const ratings = [1, 2, 3, 4, 5, 6].map((user) => `${user},${(user % 2) + 1},4.0,${100 - user}`);
  await writeFile(
    path.join(folder, 'ratings.csv'),
    `userId,movieId,rating,timestamp\n${ratings.join('\n')}\n`,
  );
  const { code, stdout, stderr, left } = await runDemo('--exit', '--data', folder, '--limit', '5');
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/Viewings +5\n/);
  expect(stdout).toContain('Nothing was lost, doubled or out of order');
  expect(left.sort()).toEqual(['movies.csv', 'ratings.csv']);
});

test('a mistake in the history is told before anything is started', async () => {
  await writeFile(path.join(folder, 'movies.csv'), 'movieId,title,genres\n1,Heat,Crime\n');
  await writeFile(path.join(folder, 'ratings.csv'), 'userId,movieId,rating,timestamp\n1,1,nice,5\n');
  const { code, stdout, stderr } = await runDemo('--data', folder);
  expect(stderr).toContain('ratings.csv, line 2: rating must be from 0 to 5 in halves');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
});
