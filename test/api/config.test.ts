import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startRedis } from '../../dev/redis.ts';
import { variables } from '../../src/platform/config.ts';
import { createWorld } from '../support/world.ts';

const app = fileURLToPath(new URL('../../src/app/', import.meta.url));

/** Runs one of the app's programs to its end with just this environment. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [app + program, ...args], { env: { ...env }, stdio: 'pipe' });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('npm start', () => {
  test('lists every mistake of the environment at once', async () => {
    const { code, stderr } = await run('main.ts', ['api'], {
      REDIS_URL: 'http://here',
      PORT: '99999',
      LOG_LEVEL: 'loud',
    });
    expect(code).toBe(2);
    for (const name of [
      'DATABASE_URL is not set',
      'REDIS_URL is "http://here"',
      'PORT is "99999"',
      'LOG_LEVEL is "loud"',
    ]) {
      expect(stderr).toContain(name);
    }
  });

  test('--help names every variable', async () => {
    const { code, stdout } = await run('main.ts', ['--help']);
    expect(code).toBe(0);
    for (const name of Object.keys(variables)) expect(stdout).toContain(name);
  });

  test.each([
    [['conductor'], 'name one role: api, relay, worker'],
    [[], 'name one role'],
    [['api', '--only', 'badges'], '--only goes with worker'],
    [['api', '--loud'], 'Unknown option'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await run('main.ts', args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('refuses a consumer that nobody declared, and names those there are', async () => {
    await using world = await createWorld();
    const { code, stderr } = await run('main.ts', ['worker', '--only', 'badges,bagdes'], { ...world.env });
    expect(code).not.toBe(0);
    expect(stderr).toContain('unknown consumer bagdes');
    expect(stderr).toContain('notifications');
  });

  test('refuses a Redis that would drop events when memory is short', async () => {
    await using world = await createWorld();
    await using evicting = await startRedis({ settings: ['maxmemory 50mb', 'maxmemory-policy allkeys-lru'] });
    for (const role of ['relay', 'api', 'worker']) {
      const { code, stderr } = await run('main.ts', [role], { ...world.env, REDIS_URL: evicting.url });
      expect(code, role).not.toBe(0);
      expect(stderr, role).toContain('Set it to noeviction');
    }
  });

  test('refuses a database without the schema, and says what to run', async () => {
    await using world = await createWorld();
    await world.database.pool.query('DROP TABLE log');
    const { code, stderr } = await run('main.ts', ['relay'], { ...world.env });
    expect(code).not.toBe(0);
    expect(stderr).toContain('npm run migrate');
  });
});

describe('npm run migrate', () => {
  test('says that there is nothing to apply when there is not', async () => {
    await using world = await createWorld();
    const { code, stdout } = await run('migrate.ts', [], { DATABASE_URL: world.env.DATABASE_URL! });
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('up to date') });
  });

  test.each([
    ['', 'DATABASE_URL is not right'],
    ['mysql://here', 'DATABASE_URL is not right'],
    ['postgresql://nobody:nothing@127.0.0.1:9/none', 'migrate: '],
  ])('refuses "%s"', async (url, message) => {
    const { code, stderr } = await run('migrate.ts', [], { DATABASE_URL: url });
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });
});
