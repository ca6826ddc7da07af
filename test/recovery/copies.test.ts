/** A copy of the database that keeps the URL of Redis and the log's name: only one of the two may have what is in Redis. */
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import type { PostgresServer } from '../../dev/postgres.ts';
import { tellPostgres } from '../../dev/tell-postgres.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { healthUrl, readyz, series } from '../support/role-health.ts';
import { runCommand } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { createViewers, gatherAudience } from '../support/viewers.ts';
import { createOwnPostgresWorld, type OwnPostgresWorld } from './own-postgres.ts';
import {
  expectEffectsOnce,
  expectWholeLog,
  followLog,
  patient,
  startAll,
  untilAllHandled,
} from './support.ts';

const roles = ['relay', 'worker', 'api'] as const;

/** These roles on this database, and what each says when it ends by itself. */
const refusals = async (
  world: OwnPostgresWorld,
  databaseUrl: string,
  those: readonly (typeof roles)[number][] = roles,
) =>
  Promise.all(
    those.map(async (role) => {
      const env = { ...world.env, DATABASE_URL: databaseUrl, PORT: '0' };
      const { code, stderr } = await runCommand('main.ts', [role], env);
      return { role, code, line: stderr.replace(/^\{.*\n/gm, '').split('\n')[0] };
    }),
  );

test('copies beside a living production are refused by every role, also when production is silent later, and take nothing of it', async () => {
  await using world = await createOwnPostgresWorld();
  const { relay } = await startAll(world);
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(world.database);
  await subscription.take(40, patient);
  await using raw = await world.postgres.startCopy();
  await using promoted = await promotedStandby(world.postgres);
  await copyLogically(raw, 'dump');

  const refused = await Promise.all([refusals(world, raw.url()), refusals(world, promoted.url(), ['relay'])]);
  for (const each of refused) {
    for (const { role, code, line } of each) {
      expect(line, role).toMatch(/lacks what the owner of the log "aorta" in Redis has .*: it is a copy/);
      expect(line, role).toMatch(/Give it a LOG_NAME or a Redis of its own; .* "npm run adopt"\.$/);
      expect(code, role).toBe(1);
    }
  }
  await subscription.take(subscription.results.length + 20, patient);
  await relay.kill();
  await until(() => isSilent(world), { timeoutMs: patient, message: 'production is silent' });
  const copies = [raw.url(), promoted.url(), raw.url('dump')];
  for (const [each] of await Promise.all(copies.map((url) => refusals(world, url, ['relay'])))) {
    expect(each!.line).toMatch(/it is a copy/);
  }
  const { stdout, stderr } = await runCommand('commands/adopt.ts', [], {
    ...world.env,
    DATABASE_URL: raw.url('dump'),
  });
  expect(stdout).toMatch(/^the log's owner .* held by aorta-relay@.*, silent$/m);
  expect(stderr).toContain('nothing was changed');

  world.spawn('relay');
  await subscription.take(subscription.results.length + 40, patient);
  await audience.stop();
  await expectWholeLog(world, subscription);
  await expectEffectsOnce(world.database);
}, 180_000);

test('a copy that took over while production was off gives it back when production is adopted, and neither takes what is the others', async () => {
  await using world = await createOwnPostgresWorld();
  const { api, relay, worker } = await startAll(world);
  await watch(world, 5);
  await Promise.all([api, relay, worker].map((role) => role.stop()));
  await using copy = await world.postgres.startCopy();
  // nobody can tell the two from one another now: the first is the owner
  const env = { DATABASE_URL: copy.url(), PORT: '0' };
  const others = {
    relay: world.spawn('relay', { env }),
    worker: world.spawn('worker', { env }),
    api: world.spawn('api', { env }),
  };
  await others.relay.waitForLog('owner.taken_over');
  const { port } = await others.api.waitForLog('api.started');
  const urls = {
    relay: await healthUrl(others.relay),
    worker: await healthUrl(others.worker),
    api: `http://127.0.0.1:${port}`,
  };
  const [refused] = await refusals(world, world.env.DATABASE_URL!, ['relay']);
  expect(refused!.line).toMatch(/which is alive: it is a copy/);
  const adopt = (...args: string[]) => runCommand('commands/adopt.ts', args, world.env);
  expect((await adopt('--yes')).stderr).toContain('its owner is alive');
  expect(await adopt('--yes', '--from-alive')).toMatchObject({ code: 0 });

  // production goes on, while the roles of the copy still run
  await startAll(world);
  for (const role of roles) {
    await others[role].waitForLog('owner.refused');
    const url = urls[role];
    expect(await readyz(url)).toMatchObject({ status: 503 });
    expect((await readyz(url)).problems.map(({ what }) => what)).toContain('owner');
    expect(await series(url, 'aorta_owns_log')).toEqual({ '': 0 });
  }
  const pause = await runCommand('commands/consumers.ts', ['pause', 'badges'], { ...world.env, ...env });
  expect(pause.stderr).toMatch(/^consumers: this database lacks what .*: it is a copy/);
  await watch(world, 20);
  await untilAllHandled(world.database);
  await expectEffectsOnce(world.database);
  await using database = openDatabase({ url: copy.url(), application: 'test' });
  const { rows } = await database.pool.query(
    'SELECT FROM inbox WHERE NOT EXISTS (SELECT FROM outbox WHERE id = event_id)',
  );
  expect(rows, 'the copy handled nothing of production').toEqual([]);
}, 180_000);

async function watch(world: OwnPostgresWorld, starts: number): Promise<void> {
  const viewers = createViewers(world.database);
  for (let count = 0; count < starts; count += 1) {
    await viewers.start({ userId: `u${count % 4}`, videoId: `v${count % 3}` });
  }
}

async function isSilent(world: OwnPostgresWorld): Promise<boolean> {
  const redis = new Redis(world.redis.url);
  try {
    return (await redis.exists('{aorta:owner}:alive')) === 0;
  } finally {
    redis.disconnect();
  }
}

async function promotedStandby(primary: PostgresServer): Promise<PostgresServer> {
  const standby = await primary.startStandby();
  await standby.promote();
  // commits of the primary would wait for it for ever
  for (const sql of ['ALTER SYSTEM RESET synchronous_standby_names', 'SELECT pg_reload_conf()']) {
    await tellPostgres(primary.url(), sql);
  }
  return standby;
}

/** As a dump that is restored: the same rows in another database. */
const copyLogically = (server: PostgresServer, name: string) =>
  tellPostgres(server.url('template1'), `CREATE DATABASE ${name} TEMPLATE postgres`);
