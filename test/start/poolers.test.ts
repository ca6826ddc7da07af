/** PgBouncer, which lends sessions or transactions: the first does, the second is refused with the reason. */
import { expect, test } from 'vitest';
import { startPgBouncer } from '../../dev/pgbouncer.ts';
import { createRecoveryWorld, expectRolesToWork } from '../recovery/support.ts';
import { runCommand } from '../support/run-command.ts';

const passedOn = ['ignore_startup_parameters = options'];

test('behind a pooler of sessions all roles do their work, with the settings that they need', async () => {
  await using world = await createRecoveryWorld();
  const url = world.env.DATABASE_URL!;
  await using pooler = await startPgBouncer({ to: url, mode: 'session', settings: passedOn });
  // what the pooler keeps from the server is not what the server has by itself
  await world.database.pool.query(
    `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET timezone = 'Asia/Kolkata'`,
  );
  await expectRolesToWork(world, { DATABASE_URL: pooler.through(url) });
  const { rows } = await world.database.pool.query(
    `SELECT max(abs(extract(epoch FROM awarded.at - now())))::float8 AS off
       FROM (SELECT awarded_at AS at FROM badge UNION ALL SELECT sent_at FROM notification) AS awarded`,
  );
  expect(rows[0].off).toBeLessThan(600);
});

test('a pooler of transactions is refused by every role and by migrate, in a line that says what to do', async () => {
  await using world = await createRecoveryWorld();
  const url = world.env.DATABASE_URL!;
  await using pooler = await startPgBouncer({ to: url, mode: 'transaction', settings: passedOn });
  const env = { ...world.env, DATABASE_URL: pooler.through(url), PORT: '0' };
  for (const role of ['api', 'relay', 'worker']) {
    const { code, stderr } = await runCommand('main.ts', [role], env);
    expect(stderr).toContain(
      'DATABASE_URL cannot be used: a pooler lends its connections by the transaction',
    );
    expect(stderr).toContain('pool_mode = session');
    expect(code).toBe(1);
  }
  const { code, stderr } = await runCommand('migrate.ts', [], { DATABASE_URL: env.DATABASE_URL });
  expect(stderr).toContain('pool_mode = session');
  expect(code).toBe(1);
});

test('a pooler that refuses our settings is named, with what would let them through', async () => {
  await using world = await createRecoveryWorld();
  await using pooler = await startPgBouncer({ to: world.env.DATABASE_URL!, mode: 'session' });
  const env = { ...world.env, DATABASE_URL: pooler.through(world.env.DATABASE_URL!), PORT: '0' };
  const { code, stderr } = await runCommand('main.ts', ['relay'], env);
  expect(stderr).toContain('unsupported startup parameter');
  expect(stderr).toContain('ignore_startup_parameters = options');
  expect(code).toBe(1);
});
