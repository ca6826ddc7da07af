/** npm run migrate where others are at work, and where it is ended in the middle. */
import pg from 'pg';
import { expect, test } from 'vitest';
import { describeTables } from '../support/catalogue.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';
import { spawnMigrate } from '../support/migrate.ts';
import { until } from '../support/until.ts';

const patient = { timeout: 120_000 }; // ms; ends what hangs

const migrate = (url: string, ...args: string[]) => spawnMigrate(url, args).ended;

async function describeMigrated(): Promise<readonly string[]> {
  await using migrated = await createTestDatabase();
  return describeTables(migrated.database.pool, { except: [] });
}

/** Takes a migration back, as if it had never been applied. */
const undo = {
  banking: `DROP TABLE account_summary, account_movement;
            DROP TYPE account_status, account_movement_kind;
            DELETE FROM _prisma_migrations WHERE migration_name = '20261126000003_banking'`,
  consumerReach: `DROP FUNCTION consumer_type_start;
                  DROP VIEW consumer_reach;
                  ALTER TABLE consumer DROP COLUMN type_starts;
                  DELETE FROM _prisma_migrations WHERE migration_name = '20261124000003_consumer_reach'`,
};

/** Whoever makes the table stands still in the middle of it. */
const standStillAt = (table: string) => `
  CREATE FUNCTION stand_still() RETURNS event_trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.${table}') THEN
      PERFORM pg_sleep(3600);
    END IF;
  END $$;
  CREATE EVENT TRIGGER stand_still ON ddl_command_end EXECUTE FUNCTION stand_still()`;

test.each(['outbox', 'inbox', 'history'])(
  'killed while it makes the table %s, it leaves nothing half done, and the next one completes',
  patient,
  async (table) => {
    await using empty = await createEmptyDatabase();
    const { pool } = empty.database;
    await pool.query(standStillAt(table));
    const first = spawnMigrate(empty.url);
    await until(
      async () =>
        (
          await pool.query(
            `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
          )
        ).rowCount,
      { message: () => `migrate makes ${table}; it says ${first.output.stderr}` },
    );
    await first.kill();
    await pool.query('DROP EVENT TRIGGER stand_still');
    await pool.query('DROP FUNCTION stand_still');
    const { code, stderr, stdout } = await migrate(empty.url);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('applied 20261126000003_banking');
    expect(await describeTables(pool, { except: [] })).toEqual(await describeMigrated());
    expect(await migrate(empty.url, '--status')).toMatchObject({ code: 0 });
  },
);

test.each([
  ['was done', ''],
  ['had no effect', undo.banking],
])(
  'a migration that older code began and did not finish is completed when it %s',
  patient,
  async (_what, change) => {
    await using database = await createTestDatabase();
    const { pool } = database.database;
    await pool.query(change);
    await pool.query(`
      DELETE FROM _prisma_migrations WHERE migration_name = '20261126000003_banking';
      INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('cut', '', '20261126000003_banking')`);
    const before = await migrate(database.url, '--status');
    expect(before).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/20261126000003_banking +cut short/),
    });
    const { code, stdout, stderr } = await migrate(database.url);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^applied 20261126000003_banking/);
    expect(await describeTables(pool, { except: [] })).toEqual(await describeMigrated());
    expect(await migrate(database.url, '--status')).toMatchObject({ code: 0 });
  },
);

test(
  'a migration that fails leaves nothing but the reason, and is applied once that is mended',
  patient,
  async () => {
    await using database = await createTestDatabase();
    const { pool } = database.database;
    await pool.query(`${undo.banking}; CREATE TABLE account_movement (somebody_elses int)`);
    const failed = await migrate(database.url);
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toBe(
      'migrate: 20261126000003_banking: relation "account_movement" already exists (42P07). Nothing of it is left; mend the cause and run migrate again\n',
    );
    const status = JSON.parse((await migrate(database.url, '--status', '--json')).stdout);
    expect(status.find(({ name }: { name: string }) => name.endsWith('_banking'))).toMatchObject({
      status: 'failed',
      error: '42P07 relation "account_movement" already exists',
    });
    expect((await pool.query("SELECT to_regclass('account_summary') AS made")).rows).toEqual([
      { made: null },
    ]);
    await pool.query('DROP TABLE account_movement');
    expect(await migrate(database.url)).toMatchObject({ code: 0, stderr: '' });
    expect(await describeTables(pool, { except: [] })).toEqual(await describeMigrated());
  },
);

test(
  'a change that waits for a long reader keeps no writer waiting, and says for whom it waits',
  patient,
  async () => {
    await using database = await createTestDatabase();
    const { pool } = database.database;
    await pool.query(undo.consumerReach);
    const reader = new pg.Client({ connectionString: database.url, application_name: 'a-long-report' });
    await reader.connect();
    try {
      await reader.query('BEGIN');
      const { rows } = await reader.query('SELECT pg_backend_pid() AS pid, count(*) FROM consumer');
      const migrating = spawnMigrate(database.url);
      const told = `consumer is in use by pid ${rows[0].pid} (a-long-report`;
      const writer = await pool.connect();
      try {
        await writer.query(`SET lock_timeout = '20s'`); // ends what waits for ever
        let written = 0;
        const write = async () => {
          await writer.query(
            `INSERT INTO consumer (name, kind, start_position, enqueued_position) VALUES ($1, 'QUEUE', 0, 0)`,
            [`c${written}`],
          );
          written += 1;
        };
        await until(
          async () => {
            await write();
            return migrating.output.stderr.includes(told);
          },
          { message: () => `migrate says "${told}"; it says ${migrating.output.stderr}`, retryThrows: false },
        );
        for (let more = 0; more < 20; more += 1) await write();
      } finally {
        writer.release(true);
      }
      expect(migrating.output.stdout).toBe('');
      expect(migrating.output.stderr).toContain(`SELECT pg_terminate_backend(${rows[0].pid})`);
      await reader.query('COMMIT');
      expect(await migrating.ended).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('_consumer_reach'),
      });
    } finally {
      await reader.end();
    }
  },
);

test(
  'whoever waits for longer than it may gives up with the reason, and has changed nothing',
  patient,
  async () => {
    await using database = await createTestDatabase();
    const { pool } = database.database;
    await pool.query(undo.consumerReach);
    const holder = await pool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE consumer');
      const { code, stderr } = await migrate(database.url, '--wait', '0');
      expect(code).toBe(1);
      expect(stderr).toMatch(/^migrate: gave up after \d+ s; nothing of it is left. .*consumer/s);
      expect(await migrate(database.url, '--status')).toMatchObject({
        code: 2,
        stdout: expect.stringMatching(/_consumer_reach +pending/),
      });
    } finally {
      holder.release(true);
    }
  },
);

test('of three at once each migration is applied by one, and all end well', patient, async () => {
  await using empty = await createEmptyDatabase();
  const ended = await Promise.all([1, 2, 3].map(() => migrate(empty.url)));
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
  const applied = ended.flatMap(({ stdout }) =>
    [...stdout.matchAll(/^applied (\S+)/gm)].map(([, name]) => name),
  );
  const { rows } = await empty.database.pool.query('SELECT migration_name AS name FROM _prisma_migrations');
  expect(applied.sort()).toEqual(rows.map(({ name }) => name).sort());
  expect(new Set(applied).size).toBe(applied.length);
});

test(
  'the status is a line for each migration, the newest first, and its code says whether one is missing',
  patient,
  async () => {
    await using empty = await createEmptyDatabase();
    const before = await migrate(empty.url, '--status');
    expect(before).toMatchObject({ code: 2, stderr: '' });
    const names = before.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ +/)[0]!);
    expect(before.stdout).toMatch(/^(\S+ +pending\n)+$/);
    expect(names).toEqual([...names].sort().reverse());
    await migrate(empty.url);
    await empty.database.pool.query(
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
     VALUES ('newer', '', now(), '29990101000001_of_the_future', 1)`,
    );
    const after = await migrate(empty.url, '--status', '--json');
    expect(after).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(after.stdout)).toEqual([
      { name: '29990101000001_of_the_future', status: 'unknown', at: expect.any(String) },
      ...names.map((name) => ({ name, status: 'applied', at: expect.any(String) })),
    ]);
    const again = await migrate(empty.url);
    expect(again).toMatchObject({ code: 0, stdout: 'nothing to apply: the database is up to date\n' });
    expect(again.stderr).toBe(
      'the database has migrations of newer code: 29990101000001_of_the_future. This code goes on beside it\n',
    );
  },
);
