/** What a process answers to an orchestrator while its stores are there, away, or hang. */
import { Redis } from 'ioredis';
import { Gauge, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { startRedis } from '../../dev/redis.ts';
import { startTcpProxy } from '../../dev/tcp-proxy.ts';
import { type Health, startHealthServer } from '../../src/platform/health.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { startLoop } from '../../src/platform/loop.ts';
import { createReadiness } from '../../src/platform/readiness.ts';
import { request } from '../support/graphql-client.ts';
import { healthUrl, readyz, series } from '../support/role-health.ts';
import { until } from '../support/until.ts';
import { addVideos } from '../support/viewers.ts';
import { createWorld } from '../support/world.ts';

const everythingAlright = { status: 200, ready: true, problems: [], warnings: [] };
const patient = 60_000; // ms without any change

test('a figure that cannot be told is said to who asks, and the process goes on', async () => {
  const registry = new Registry();
  const collect = () => {
    throw new Error('no figure');
  };
  registry.registerMetric(new Gauge({ name: 'broken', help: 'cannot be told', registers: [], collect }));
  await using server = await serve({ registry });
  const asked = await fetch(`${server.url}/metrics`);
  expect({ status: asked.status, text: await asked.text() }).toEqual({ status: 500, text: 'no figure\n' });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});

describe('readiness', () => {
  test('names what is away, with its error and since when, until it is back', async () => {
    let gone = true;
    const ready = createReadiness({
      vital: {
        there: async () => 'yes',
        gone: async () => {
          if (gone) throw new Error('no route');
        },
      },
      state: () => 'standby',
    });
    await using server = await serve({ ready });
    const { url } = server;
    const first = await readyz(url);
    expect(first).toEqual({
      ...{ status: 503, ready: false, state: 'standby', warnings: [] },
      problems: [{ what: 'gone', error: 'no route', since: expect.stringMatching(/^\d{4}-.*Z$/) }],
    });
    expect((await readyz(url)).problems, 'it is the same outage').toEqual(first.problems);
    gone = false;
    expect(await readyz(url)).toEqual({ ...everythingAlright, state: 'standby' });
  });

  test('warns of what the process can do without, and stays ready', async () => {
    const ready = createReadiness({ vital: {}, useful: { extra: () => Promise.reject(new Error('away')) } });
    await using server = await serve({ ready });
    const warnings = [{ what: 'extra', error: 'away', since: expect.any(String) }];
    expect(await readyz(server.url)).toEqual({ ...everythingAlright, warnings });
  });

  test('answers while a store hangs, and asks it one thing at a time however often it is probed', async () => {
    await using server = await startRedis();
    const redis = new Redis(server.url, { commandTimeout: 60_000 });
    let asked = 0;
    const ready = createReadiness({
      vital: {
        redis: () => {
          asked += 1;
          return redis.ping();
        },
      },
    });
    await using health = await serve({ ready });
    expect(await readyz(health.url)).toEqual(everythingAlright);
    server.pause();
    const answers = await Promise.all(Array.from({ length: 20 }, () => readyz(health.url)));
    for (const { status, problems } of answers) {
      expect(status).toBe(503);
      expect(problems).toMatchObject([{ what: 'redis', error: expect.stringContaining('no answer') }]);
    }
    expect(asked).toBe(2);
    server.resume();
    await until(async () => (await readyz(health.url)).ready, { message: 'it is ready again' });
    redis.disconnect();
  });

  test('names a loop that goes on failing; one that is not vital is a warning', async () => {
    const logger = createLogger('test', 'silent');
    const turn = async () => {
      throw new Error('refused');
    };
    const loops = ['vital', 'other'].map((name) => startLoop({ name, logger, turn }));
    await using server = await serve({
      ready: createReadiness({ vital: {} }),
      isVital: (name) => name === 'vital',
    });
    const named = (what: string) => [{ what, error: 'refused', since: expect.any(String) }];
    const told = await until(async () => {
      const answer = await readyz(server.url);
      return answer.problems.length > 0 && answer.warnings.length > 0 && answer;
    });
    expect(told).toMatchObject({ status: 503, problems: named('vital'), warnings: named('other') });
    await Promise.all(loops.map((loop) => loop.stop()));
    expect(await readyz(server.url)).toEqual(everythingAlright);
  });

  test('answers with the error also when asking failed as a whole', async () => {
    const ready = async () => {
      throw new Error('broken');
    };
    await using server = await serve({ ready });
    expect(await readyz(server.url)).toMatchObject({ status: 503, problems: [{ error: 'broken' }] });
  });
});

describe('an api', () => {
  test('stays ready without Redis and warns of it: mutations and queries go on', async () => {
    await using world = await createWorld();
    await addVideos(world.database, 1);
    const api = world.spawn('api');
    await api.waitForLog('api.started');
    expect(await readyz(world.apiUrl)).toEqual(everythingAlright);
    world.redis.pause();
    await until(async () => (await readyz(world.apiUrl)).warnings.some(({ what }) => what === 'redis'), {
      timeoutMs: patient,
      message: 'the api warns of Redis',
    });
    expect((await readyz(world.apiUrl)).ready).toBe(true);
    const start = 'mutation { startWatching(userId: "u0", videoId: "v0") { id } }';
    expect((await request(world.apiUrl, start)).errors).toBeUndefined();
    world.redis.resume();
    await until(async () => (await readyz(world.apiUrl)).warnings.length === 0, {
      timeoutMs: patient,
      message: 'nothing to warn of is left',
    });
  });

  test('is not ready without Postgres, and is again by itself', async () => {
    await using world = await createWorld();
    await using proxy = await startTcpProxy({ to: world.env.DATABASE_URL! });
    const api = world.spawn('api', { env: { DATABASE_URL: proxy.through(world.env.DATABASE_URL!) } });
    await api.waitForLog('api.started');
    proxy.refuse();
    proxy.cut();
    const { problems } = await until(
      async () => {
        const answer = await readyz(world.apiUrl);
        return answer.status === 503 && answer;
      },
      { timeoutMs: patient, message: 'the api is not ready' },
    );
    expect(problems).toMatchObject([{ what: 'postgres', error: expect.stringMatching(/./) }]);
    proxy.heal();
    await until(async () => (await readyz(world.apiUrl)).ready, {
      timeoutMs: patient,
      message: 'the api is ready',
    });
  });
});

test('of two relays one leads, the other is ready on standby; both name a Redis that hangs, and show their stores', async () => {
  await using world = await createWorld();
  const urls = await Promise.all([world.spawn('relay'), world.spawn('relay')].map(healthUrl));
  const states = async () => (await Promise.all(urls.map(readyz))).map(({ ready, state }) => ready && state);
  await until(async () => String((await states()).sort()) === 'leading,standby');
  for (const url of urls) {
    expect(await series(url, 'aorta_store_up')).toEqual({ 'store="postgres"': 1, 'store="redis"': 1 });
    expect(await series(url, 'aorta_relay_lag_seconds')).toEqual({ 'sink="streams"': 0, 'sink="queues"': 0 });
  }
  world.redis.pause();
  await until(
    async () => {
      const answers = await Promise.all(urls.map(readyz));
      return answers.every(({ problems }) => problems.some(({ what }) => what === 'redis'));
    },
    { timeoutMs: patient, message: 'both name Redis' },
  );
  world.redis.resume();
  await until(async () => String((await states()).sort()) === 'leading,standby', { timeoutMs: patient });
});

test('a worker is not ready while Redis or Postgres hangs, answers all the same, and is ready again afterwards', async () => {
  await using world = await createWorld();
  await using proxy = await startTcpProxy({ to: world.env.DATABASE_URL! });
  const worker = world.spawn('worker', { env: { DATABASE_URL: proxy.through(world.env.DATABASE_URL!) } });
  const url = await healthUrl(worker);
  const untilNamed = (...names: string[]) =>
    until(async () => String((await readyz(url)).problems.map(({ what }) => what)) === String(names), {
      timeoutMs: patient,
      message: `the problems are: ${names}`,
    });
  await untilNamed();
  world.redis.pause();
  await untilNamed('redis');
  proxy.silence();
  await untilNamed('postgres', 'redis');
  const failures = await series(url, 'aorta_loop_consecutive_failures');
  expect(Object.keys(failures), 'metrics are served too').toContain('loop="log.waiter"');
  world.redis.resume();
  proxy.heal();
  await untilNamed();
});

async function serve(health: Partial<Health>) {
  const all = { ready: async () => {}, registry: new Registry(), ...health };
  const server = await startHealthServer(all, '127.0.0.1', 0);
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop() };
}
