import { describe, expect, test } from 'vitest';
import { freePort } from '../../dev/free-port.ts';
import { startRedis } from '../../dev/redis.ts';
import { variables } from '../../src/platform/config.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';
import { runCommand } from '../support/run-command.ts';

const right = { DATABASE_URL: 'postgresql://localhost:5432/none', REDIS_URL: 'redis://localhost:6379' };

describe('npm start', () => {
  test('lists every mistake of the environment at once, and exits with 2', async () => {
    const { code, stderr } = await runCommand('main.ts', ['api'], {
      REDIS_URL: 'http://localhost',
      PORT: 'http',
      KEEP_ALIVE_MS: '5',
      LOG_NAME: 'Two Words',
      LOG_LEVEL: 'loud',
    });
    expect(code).toBe(2);
    expect(stderr).toContain('DATABASE_URL is not set.');
    expect(stderr).toContain('REDIS_URL is not right: must be a URL that starts with redis://');
    expect(stderr).toContain('PORT is "http": must be a whole number from 0 to 65535.');
    expect(stderr).toContain('KEEP_ALIVE_MS is "5": must be a whole number from 100 to 600000.');
    expect(stderr).toContain('LOG_NAME is "Two Words": must be lower case letters, digits and dashes.');
    expect(stderr).toContain('LOG_LEVEL is "loud":');
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('api refuses times for stopping that cannot hold, in one line that names the settings', async () => {
    const env = { ...right, PRESTOP_MS: '5000', DRAIN_MS: '5000', SHUTDOWN_MS: '10000' };
    const { code, stderr } = await runCommand('main.ts', ['api'], env);
    expect(code).toBe(2);
    const [line] = stderr.split('\n');
    for (const part of ['SHUTDOWN_MS (10000)', 'PRESTOP_MS (5000)', 'DRAIN_MS (5000)', '12000 or more']) {
      expect(line).toContain(part);
    }
  });

  test.each([
    ['ALLOWED_ORIGINS', 'null'],
    ['ALLOWED_ORIGINS', 'app.example'],
    ['ALLOWED_ORIGINS', 'https://app.example/path'],
    ['ALLOWED_ORIGINS', 'https://*.example'],
    ['PUBLIC_URL', '*'],
    ['PUBLIC_URL', 'ftp://public.example'],
    ['ALLOWED_HOSTS', 'https://api'],
    ['ALLOWED_HOSTS', 'api:4000'],
    ['ALLOWED_HOSTS', '*'],
  ])('refuses %s=%s, which would allow something else than meant', async (name, value) => {
    const { code, stderr } = await runCommand('main.ts', ['api'], { ...right, [name]: value });
    expect(code).toBe(2);
    // a URL may hold a password: what is wrong with it is said, and not what it is
    const shown = name.endsWith('_URL') ? 'not right' : JSON.stringify(value);
    expect(stderr).toContain(`${name} is ${shown}: must be`);
  });

  test('shows roles, consumers and every variable with --help', async () => {
    const { code, stdout, stderr } = await runCommand('main.ts', ['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const word of ['api', 'relay', 'worker', 'badges', 'rankings', ...Object.keys(variables)]) {
      expect(stdout).toContain(word);
    }
  });

  test.each([
    ['no role', [], 'name one role: api, relay, worker'],
    ['an unknown role', ['server'], 'name one role: api, relay, worker'],
    ['two roles', ['api', 'relay'], 'name one role: api, relay, worker'],
    ['an unknown option', ['api', '--verbose'], "Unknown option '--verbose'"],
    ['consumers of an api', ['api', '--only', 'badges'], '--only goes with worker'],
    ['an unknown consumer', ['worker', '--only', 'badges,none'], 'there is no consumer "none". Known are: '],
  ])('refuses %s with what there is, and exits with 2', async (_name, args, message) => {
    const { code, stderr } = await runCommand('main.ts', args, right);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('--help');
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test.each(['api', 'relay', 'worker'])('%s refuses a Redis that would evict events', async (role) => {
    await using database = await createTestDatabase();
    await using redis = await startRedis({ settings: ['maxmemory 100mb', 'maxmemory-policy allkeys-lru'] });
    const env = { DATABASE_URL: database.url, REDIS_URL: redis.url, PORT: '0' };
    const { code, stderr } = await runCommand('main.ts', [role], env);
    expect(code).toBe(1);
    expect(stderr).toContain('Redis has maxmemory-policy allkeys-lru');
    expect(stderr).toContain('Set it to noeviction.');
  });

  test.each(['api', 'relay', 'worker'])('%s names the server that does not answer', async (role) => {
    await using database = await createTestDatabase();
    const nobody = await freePort();
    const servers = {
      DATABASE_URL: { DATABASE_URL: `postgresql://a:b@127.0.0.1:${nobody}/none`, REDIS_URL: right.REDIS_URL },
      REDIS_URL: { DATABASE_URL: database.url, REDIS_URL: `redis://127.0.0.1:${nobody}` },
    };
    for (const [variable, env] of Object.entries(servers)) {
      const { code, stderr } = await runCommand('main.ts', [role], { ...env, PORT: '0' });
      expect(code).toBe(1);
      expect(stderr).toContain(`The server of ${variable} cannot be used:`);
      expect(stderr).not.toMatch(/^ +at /m);
    }
  });

  test.each(['api', 'relay', 'worker'])('%s says so when the database was not migrated', async (role) => {
    await using database = await createEmptyDatabase();
    await using redis = await startRedis();
    const env = { DATABASE_URL: database.url, REDIS_URL: redis.url, PORT: '0' };
    const { code, stderr } = await runCommand('main.ts', [role], env);
    expect(code).toBe(1);
    expect(stderr).toContain('npm run migrate');
  });
});

describe('npm run migrate', () => {
  test('brings an empty database to the newest migration, and then finds nothing to do', async () => {
    await using database = await createEmptyDatabase();
    const env = { DATABASE_URL: database.url };
    const first = await runCommand('migrate.ts', [], env);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^applied \d{14}_outbox \([\d.]+ s\)\napplied \d{14}_/);
    expect(first.stdout).toMatch(/\ndone\n$/);
    expect(await runCommand('migrate.ts', [], env)).toEqual({
      code: 0,
      stdout: 'nothing to apply: the database is up to date\n',
      stderr: '',
    });
  });

  test('two at once end with one migrated database', async () => {
    await using database = await createEmptyDatabase();
    const env = { DATABASE_URL: database.url };
    const results = await Promise.all([runCommand('migrate.ts', [], env), runCommand('migrate.ts', [], env)]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    const { rows } = await database.database.pool.query('SELECT count(*) AS epochs FROM log');
    expect(rows).toEqual([{ epochs: 1 }]);
  });

  test.each([
    ['a URL of something else', 'mysql://localhost/aorta', 'DATABASE_URL is not right:'],
    ['no URL', '', 'DATABASE_URL is not set.'],
  ])('refuses %s in one line', async (_name, url, message) => {
    const { code, stderr } = await runCommand('migrate.ts', [], { DATABASE_URL: url });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('names the server that it cannot reach', async () => {
    const port = await freePort();
    const url = `postgresql://postgres@127.0.0.1:${port}/aorta`;
    const { code, stderr } = await runCommand('migrate.ts', [], { DATABASE_URL: url });
    expect(code).toBe(1);
    expect(stderr).toContain(`127.0.0.1:${port}`);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
