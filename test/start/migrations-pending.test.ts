import { expect, test } from 'vitest';
import { startRedis } from '../../dev/redis.ts';
import { createTestDatabase } from '../support/database.ts';
import { runCommand } from '../support/run-command.ts';
import { createWorld } from '../support/world.ts';

const patient = { timeout: 150_000 }; // ms; processes take their time to start on a busy machine

const newest = 'SELECT max(migration_name) FROM _prisma_migrations';

test.each([
  ['was not applied', `DELETE FROM _prisma_migrations WHERE migration_name = (${newest})`],
  ['has failed', `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = (${newest})`],
  [
    'was rolled back',
    `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = (${newest})`,
  ],
])(
  'no role starts when a migration %s, and each says in a line what to run',
  patient,
  async (_what, change) => {
    await using database = await createTestDatabase();
    await using redis = await startRedis();
    const { pool } = database.database;
    const { rows } = await pool.query<{ max: string }>(newest);
    await pool.query(change);
    const env = { DATABASE_URL: database.url, REDIS_URL: redis.url, PORT: '0' };
    const ended = await Promise.all(
      ['api', 'relay', 'worker'].map((role) => runCommand('main.ts', [role], env)),
    );
    for (const { code, stderr } of ended) {
      expect(stderr).toBe(
        `The database of DATABASE_URL lacks ${rows[0]!.max}: run "npm run migrate" first.\n`,
      );
      expect(code).toBe(1);
    }
  },
);

test(
  'a database that newer code has migrated is taken, as a rolling release needs it, and the log says so',
  patient,
  async () => {
    await using world = await createWorld();
    await world.database.pool.query(
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
     VALUES ('newer', '', now(), '29990101000001_of_the_future', 1)`,
    );
    const relay = world.spawn('relay');
    await relay.waitForLog('relay.started', { timeoutMs: 60_000 });
    expect(await relay.waitForLog('stores.newer_than_code')).toMatchObject({
      migrations: ['29990101000001_of_the_future'],
    });
  },
);
