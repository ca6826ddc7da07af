import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../dev/postgres.ts';
import { findRedis } from '../../dev/redis-binary.ts';
import { applyMigrations } from '../../src/platform/migrations/apply.ts';
import { createDatabase } from './clone-database.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The URL of the run's PostgreSQL, at its database `postgres` */
    readonly postgresUrl: string;
  }
}

/** Starts the run's PostgreSQL with the migrated template, and sees to it that there is a Redis before any file asks. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  findRedis();
  await using setup = new AsyncDisposableStack();
  const server = setup.use(await startPostgres({ fast: true }));
  await createDatabase(server.url(), 'template');
  await applyMigrations(server.url('template'));
  project.provide('postgresUrl', server.url());
  const started = setup.move();
  return () => started.disposeAsync();
}
