import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { diffEmptyToModels } from '../../dev/schema-diff.ts';
import { applyMigrations } from '../../src/platform/migrations/apply.ts';
import { describeTables } from '../support/catalogue.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';

// what Prisma has no model for: the log and views are hand-written SQL, and the last is Prisma's own
const withoutModel = [
  '^outbox',
  '^log$',
  '^log_owner$',
  '^sink$',
  '^consumer_reach$',
  '^_prisma_migrations$',
];

test('the migrations add up to the models', async () => {
  await using migrated = await createTestDatabase();
  await using modelled = await createEmptyDatabase();
  await modelled.database.pool.query(await diffEmptyToModels(modelled.url));
  const expected = await describeTables(modelled.database.pool, { except: [] });
  expect(expected).not.toEqual([]);
  expect(await describeTables(migrated.database.pool, { except: withoutModel })).toEqual(expected);
});

test('migrating a migrated database applies nothing', async () => {
  await using migrated = await createTestDatabase();
  expect(await applyMigrations(migrated.url)).toEqual([]);
});

test('nothing holds the process once the migrations are applied', async () => {
  await using empty = await createEmptyDatabase();
  const module = new URL('../../src/platform/migrations/apply.ts', import.meta.url).href;
  const script = `
    const { applyMigrations } = await import(${JSON.stringify(module)});
    await applyMigrations(${JSON.stringify(empty.url)});
    console.log(JSON.stringify(process.getActiveResourcesInfo().filter((each) => each !== 'PipeWrap')));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(JSON.parse(stdout)).not.toContain('Timeout');
});

test('an empty database gets every migration, in order', async () => {
  await using empty = await createEmptyDatabase();
  const applied = await applyMigrations(empty.url);
  expect(applied.length).toBeGreaterThan(0);
  expect(applied).toEqual([...applied].sort());
});
