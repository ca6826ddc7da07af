import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../../src/platform/postgres.ts';
import { cloneDatabase, dropDatabase } from './clone-database.ts';

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly database: Database;
  /** Ends `database` and drops it. Throws when anybody else is still connected: that is a leak of the test. */
  drop(): Promise<void>;
}

/** A migrated database of the calling test's own, with no rows but those that migrations insert. */
export function createTestDatabase(): Promise<TestDatabase> {
  return cloneOf('template');
}

/** A database of the calling test's own without any table. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return cloneOf('template0');
}

async function cloneOf(template: string): Promise<TestDatabase> {
  const serverUrl = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const url = await cloneDatabase(serverUrl, template, name);
  const database = openDatabase({ url, application: 'test' });
  let dropped: Promise<void> | undefined;
  const drop = () => {
    dropped ??= database.stop().then(() => dropDatabase(serverUrl, name));
    return dropped;
  };
  return { url, database, drop, [Symbol.asyncDispose]: drop };
}
