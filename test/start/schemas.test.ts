/** Installations in schemas other than `public`, each by a role that owns nothing else. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { startRedis } from '../../dev/redis.ts';
import { type Database, openDatabase } from '../../src/platform/postgres.ts';
import {
  createRecoveryWorld,
  expectEffectsOnce,
  expectWholeLog,
  fill,
  followLog,
  patient,
  startAll,
} from '../recovery/support.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';
import { request } from '../support/graphql-client.ts';
import { runCommand } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { gatherAudience } from '../support/viewers.ts';
import { furnish } from '../support/world.ts';

function inSchema(databaseUrl: string, schema: string, user?: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set('schema', schema);
  if (user !== undefined) [url.username, url.password] = [user, user];
  return url.href;
}

test('two installations in schemas of one database do all their work, and do not meet', async () => {
  await using setup = new AsyncDisposableStack();
  const { url, database: owner } = setup.use(await createEmptyDatabase());
  const redis = setup.use(await startRedis());
  const suffix = randomUUID().slice(0, 8);
  const installations = [];
  for (const [index, schema] of ['shop', 'Shop Two'].entries()) {
    const role = `owner_${index}_${suffix}`;
    await owner.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD '${role}'; GRANT pg_read_all_stats TO ${role};
                            CREATE SCHEMA "${schema}" AUTHORIZATION ${role}`);
    setup.defer(async () => {
      await owner.pool.query(`DROP SCHEMA "${schema}" CASCADE; DROP ROLE ${role}`);
    });
    const own = inSchema(url, schema, role);
    const migrate = () => runCommand('migrate.ts', [], { DATABASE_URL: own });
    expect(await migrate()).toMatchObject({ code: 0, stderr: '' });
    expect((await migrate()).stdout).toBe('nothing to apply: the database is up to date\n');
    const database = setup.use(openDatabase({ url: own, application: 'test' }));
    await fill(database);
    const world = setup.use(
      await furnish(setup.use(new AsyncDisposableStack()), { url: own, database, redis }),
    );
    await startAll(world, { LOG_NAME: `shop-${index}` });
    installations.push({ world, database, schema });
  }

  // a writer that does not end holds the horizon of its own installation only
  const [{ database: held }, { database: free }] = installations as [
    (typeof installations)[0],
    (typeof installations)[0],
  ];
  const writer = await held.pool.connect();
  await writer.query('BEGIN');
  await writer.query('INSERT INTO outbox SELECT * FROM outbox WHERE false');
  const writersOf = async ({ pool }: typeof held) =>
    (await pool.query('SELECT writers FROM outbox_horizon()')).rows[0].writers;
  expect(await writersOf(held)).toHaveLength(1);
  expect(await writersOf(free)).toEqual([]);
  await writer.query('ROLLBACK');
  writer.release();

  for (const { world, database } of installations) {
    await using subscription = await followLog(world.apiUrl);
    await using audience = gatherAudience(database);
    await subscription.take(15, patient);
    const ask = async (document: string) => {
      const { data, errors } = await request(world.apiUrl, document);
      expect(errors, document).toBeUndefined();
      return data;
    };
    const { a, b } = await ask(
      'mutation { a: openAccount(owner: "Ada", initialDeposit: "9") { id } b: openAccount(owner: "Grace") { id } }',
    );
    const { transfer } = await ask(
      `mutation { transfer(fromAccountId: "${a.id}", toAccountId: "${b.id}", amount: "5") { id } }`,
    );
    await until(
      async () =>
        (await ask(`{ transfer(id: "${transfer.id}") { status } }`)).transfer.status === 'COMPLETED',
    );
    const { pipeline } = await ask('{ pipeline { relayLeader } }');
    expect(pipeline.relayLeader).toContain('aorta-relay');
    await audience.stop();
    await expectWholeLog(world, subscription);
    await expectEffectsOnce(database);
  }

  // beside the live ones, the same name in both
  const before = await free.pool.query('SELECT * FROM ranking ORDER BY video_id');
  for (const [index, { schema }] of installations.entries()) {
    const env = { DATABASE_URL: inSchema(url, schema), REDIS_URL: redis.url, LOG_NAME: `shop-${index}` };
    const { code, stderr } = await runCommand('commands/rebuild.ts', ['rankings'], env);
    expect(code, stderr).toBe(0);
  }
  expect((await free.pool.query('SELECT * FROM ranking ORDER BY video_id')).rows).toEqual(before.rows);
  const elsewhere = await owner.pool.query(
    `SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE nspname NOT IN ('shop', 'Shop Two', 'pg_catalog', 'information_schema', 'pg_toast')`,
  );
  expect(elsewhere.rows).toEqual([]);
});

test('a schema in the URL that was paid no heed to is told, and nothing begins anew unasked', async () => {
  await using database = await createTestDatabase();
  const url = inSchema(database.url, 'shop');
  const refused = await runCommand('migrate.ts', [], { DATABASE_URL: url });
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('there is an installation in the schema public, and none in "shop"');
  expect(await runCommand('migrate.ts', ['--new'], { DATABASE_URL: url })).toMatchObject({
    code: 0,
    stderr: '',
  });
  expect(await runCommand('migrate.ts', ['--status'], { DATABASE_URL: url })).toMatchObject({ code: 0 });
});

test.each(['pg_catalog', 'x'.repeat(41)])('the schema %s is refused in a line', async (schema) => {
  const url = inSchema('postgresql://localhost/none', schema);
  const { code, stderr } = await runCommand('migrate.ts', [], { DATABASE_URL: url });
  expect(stderr).toContain('has a schema= or platform_schema= that cannot be used');
  expect(code).toBe(1);
});

const inAorta = (databaseUrl: string): string => {
  const url = new URL(databaseUrl);
  url.searchParams.set('platform_schema', 'aorta');
  return url.href;
};

/** The tables of a schema, without the partitions that relays make. */
const tablesOf = async (database: Database, schema: string): Promise<readonly string[]> => {
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
      WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p', 'v') AND NOT relispartition ORDER BY 1`,
    [schema],
  );
  return rows.map(({ name }) => name);
};

/** Of the domains are the models of Prisma that the platform does not use itself. */
const ofDomains = [
  ...['account_movement', 'account_summary', 'analytics_viewer', 'badge', 'badge_progress', 'friendship'],
  ...['notification', 'preference_genre', 'preference_quality', 'ranking', 'recommendation_history'],
  ...['recommendation_list', 'recommendation_pair', 'recommendation_video', 'video', 'watch_session'],
];

test('a new database gets the platform in its schema, beside tables of the same names that are somebody else’s', async () => {
  await using setup = new AsyncDisposableStack();
  const { url, database: owner } = setup.use(await createEmptyDatabase());
  const others = ['log', 'consumer', 'history', '_prisma_migrations'];
  for (const name of others) await owner.pool.query(`CREATE TABLE ${name} (somebody_elses int)`);
  const own = inAorta(url);
  expect(await runCommand('migrate.ts', [], { DATABASE_URL: own })).toMatchObject({ code: 0, stderr: '' });
  expect((await runCommand('migrate.ts', [], { DATABASE_URL: own })).stdout).toMatch(/^nothing to apply/);
  expect(await runCommand('migrate.ts', ['--status'], { DATABASE_URL: own })).toMatchObject({ code: 0 });
  expect(await tablesOf(owner, 'public')).toEqual([...others, ...ofDomains].sort());
  const redis = setup.use(await startRedis());
  const database = setup.use(openDatabase({ url: own, application: 'test' }));
  await fill(database);
  const world = setup.use(
    await furnish(setup.use(new AsyncDisposableStack()), { url: own, database, redis }),
  );
  await startAll(world);
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(database);
  await subscription.take(15, patient);
  await audience.stop();
  await expectWholeLog(world, subscription);
  await expectEffectsOnce(database);
  for (const name of others)
    expect((await owner.pool.query(`SELECT count(*) FROM public.${name}`)).rows).toEqual([{ count: 0 }]);
});

test('the platform’s tables move to a schema of their own while everything runs, and nothing is lost or doubled', async () => {
  await using world = await createRecoveryWorld();
  const { DATABASE_URL: together } = world.env;
  const apart = inAorta(together!);
  const migrate = (...args: string[]) => runCommand('migrate.ts', args, { DATABASE_URL: apart });
  const before = await migrate();
  expect(before).toMatchObject({ code: 0, stdout: 'nothing to apply: the database is up to date\n' });
  expect(before.stderr).toContain('"npm run migrate -- --move" puts them into "aorta"');
  await using database = openDatabase({ url: apart, application: 'test' });
  const { relay } = await startAll(world, { DATABASE_URL: apart });
  await using subscription = await followLog(world.apiUrl);
  await using audience = gatherAudience(database);
  await subscription.take(15, patient);
  const { code, stdout, stderr } = await migrate('--move');
  expect(code, stderr).toBe(0);
  expect(stdout).toBe('moved\n');
  expect(await migrate('--move')).toMatchObject({ code: 0, stdout: 'nothing to move\n', stderr: '' });
  expect(await migrate()).toMatchObject({ code: 0, stderr: '' });
  await subscription.take(15, patient);
  await audience.stop();
  const moved = { ...world, database };
  await expectWholeLog(moved, subscription);
  await expectEffectsOnce(database);
  expect(await tablesOf(database, 'public')).toEqual(ofDomains);
  expect(relay.logs.filter(({ msg }) => msg === 'lease.ended')).toEqual([]);
  const rebuilt = await runCommand('commands/rebuild.ts', ['rankings'], {
    ...world.env,
    DATABASE_URL: apart,
  });
  expect(rebuilt.code, rebuilt.stderr).toBe(0);
  await expectEffectsOnce(database);
});
