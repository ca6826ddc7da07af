/** How a process starts and ends, as those see it who run it: npm, an orchestrator, a terminal. */
import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { leash } from '../../dev/leash.ts';
import { runCommand } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { addVideos, createViewers } from '../support/viewers.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const root = fileURLToPath(new URL('../..', import.meta.url));

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s to npm start ends the role in good order: nothing of it is left',
  async (signal) => {
    const env = { ...process.env, ...world.env, PORT: '0' };
    // a group of its own, of which nothing is left when the test fails
    const npm = spawn('npm', ['--silent', 'start', '--', 'relay'], {
      cwd: root,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    const held = leash(npm.pid!, 'SIGKILL');
    const lines: { msg: string; pid: number }[] = [];
    createInterface({ input: npm.stderr }).on('line', (line) => lines.push(JSON.parse(line)));
    const exited = new Promise<number | string | null>((resolve) => {
      npm.once('close', (code, by) => resolve(by ?? code));
    });
    try {
      const { pid } = await until(() => lines.find(({ msg }) => msg === 'lease.taken'));
      // a terminal tells its whole group that it is gone
      process.kill(signal === 'SIGHUP' ? -npm.pid! : npm.pid!, signal);
      await until(() => !isAlive(pid), { message: 'the role has ended' });
      await exited;
    } finally {
      held.release();
      try {
        process.kill(-npm.pid!, 'SIGKILL');
      } catch {} // as it should be
    }
    expect(lines.map(({ msg }) => msg)).toContain('lease.ended');
  },
);

test('a port that is taken ends each role with one line that names the setting', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await until(() => other.listening);
  const port = String((other.address() as AddressInfo).port);
  try {
    const env = { ...world.env, PORT: port, HEALTH_PORT: port };
    const ended = await Promise.all(
      ['api', 'relay', 'worker'].map((role) => runCommand('main.ts', [role], env)),
    );
    for (const [index, { code, stderr }] of ended.entries()) {
      const setting = index === 0 ? 'PORT' : 'HEALTH_PORT';
      expect(stderr.replace(/^\{.*\n/gm, '')).toBe(
        `Cannot listen on port ${port} of 127.0.0.1 (${setting}, HOST): it is taken by another process. Stop that one, or choose another port.\n`,
      );
      expect(code).toBe(1);
    }
  } finally {
    other.close();
  }
});

test('a worker says that it is stopping for as long as it finishes what it has', async () => {
  await addVideos(world.database, 1);
  const worker = world.spawn('worker', { env: { SHUTDOWN_MS: '60000' } });
  const { healthPort } = await worker.waitForLog('worker.started');
  const relay = world.spawn('relay');
  await relay.waitForLog('lease.taken');
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${healthPort}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  expect((await ask('/readyz')).status).toBe(200);
  // what it has in hand cannot end before this is gone
  const client = await world.database.pool.connect();
  try {
    await client.query('BEGIN; LOCK TABLE processor_checkpoint IN ACCESS EXCLUSIVE MODE');
    await createViewers(world.database).start({ userId: 'u0', videoId: 'v0' });
    await until(async () => {
      const waiting = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name LIKE '%worker%'`;
      return (await world.database.pool.query(waiting)).rowCount! > 0;
    });
    worker.signal('SIGTERM');
    const stopping = await until(async () => {
      const answer = await ask('/readyz');
      return answer.status === 503 && answer;
    });
    expect(JSON.parse(stopping.text)).toMatchObject({
      problems: [{ what: 'process', error: 'it is stopping' }],
    });
    expect((await ask('/healthz')).status).toBe(200);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
  expect(await worker.exited).toEqual({ code: 0, signal: null });
});
