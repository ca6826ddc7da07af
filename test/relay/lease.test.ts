import { afterAll, beforeAll, expect, test } from 'vitest';
import { aborted } from '../../src/platform/aborted.ts';
import { holdLease, leaseHolder } from '../../src/platform/lease.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { logger } from './support.ts';

let testDatabase: TestDatabase;
const pool = () => testDatabase.database.pool;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

/** One that wants the lease, and is among the holders while it believes to hold it. */
function start(name: string, application: string, holders: string[] = []) {
  const lease = holdLease({
    url: testDatabase.url,
    name,
    application,
    logger,
    async whileHeld(signal) {
      holders.push(application);
      await aborted(signal);
      holders.splice(holders.indexOf(application), 1);
    },
  });
  return Object.assign(lease, { [Symbol.asyncDispose]: () => lease.stop() });
}

/** The session in which the application wants or holds a lease. */
async function holderPid(application: string): Promise<number | undefined> {
  const { rows } = await pool().query<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE application_name = $1 AND locktype = $2',
    [application, 'advisory'],
  );
  return rows[0]?.pid;
}

const cut = (application: string) =>
  pool().query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = $1', [
    application,
  ]);

test('one of many holds it, and is known by its application', async () => {
  const holders: string[] = [];
  await using _all = startAll(['a', 'b', 'c', 'd'], 'one', holders);
  const holder = await until(() => leaseHolder(pool(), 'one'));
  await until(() => holders.length > 0);
  expect(holders).toEqual([holder]);
  expect(await leaseHolder(pool(), 'another'), 'leases of other names are free').toBeNull();
});

test('it is taken over when its holder’s connection is cut, who hears of it', async () => {
  const holders: string[] = [];
  await using _all = startAll(['a', 'b', 'c'], 'cut', holders);
  for (let round = 0; round < 4; round++) {
    const holder = await until(() => holders.length === 1 && holders[0], { message: 'one holds it' });
    const pid = await holderPid(holder);
    await cut(holder);
    await until(async () => {
      const next = await leaseHolder(pool(), 'cut');
      return next && (await holderPid(next)) !== pid && holders.length === 1 && holders[0] === next;
    });
  }
});

test('it is taken over at once when its holder stops, who holds it until its work has ended', async () => {
  const steps: string[] = [];
  const first = holdLease({
    url: testDatabase.url,
    name: 'stopped',
    application: 'first',
    logger,
    async whileHeld(signal) {
      await aborted(signal);
      steps.push(`first still holds it: ${(await leaseHolder(pool(), 'stopped')) === 'first'}`);
    },
  });
  await until(() => first.held);
  await using second = start('stopped', 'second');
  await first.stop();
  expect(first.held).toBe(false);
  await until(() => second.held, { timeoutMs: 2_000, message: 'the second takes over' });
  expect(steps).toEqual(['first still holds it: true']);
  expect(await leaseHolder(pool(), 'stopped')).toBe('second');
});

test('a holder that lost it comes back as one of those that stand by', async () => {
  await using only = start('back', 'only');
  await until(() => only.held);
  await cut('only');
  await until(async () => only.held && (await leaseHolder(pool(), 'back')) === 'only', {
    message: 'it holds it again',
  });
});

test('work that throws gives it back', async () => {
  let failures = 0;
  const failing = holdLease({
    url: testDatabase.url,
    name: 'failing',
    application: 'failing',
    logger,
    async whileHeld() {
      failures += 1;
      throw new Error('no work today');
    },
  });
  await until(() => failures === 1);
  await using other = start('failing', 'other');
  await until(() => other.held, { message: 'another one takes over' });
  await failing.stop();
});

function startAll(applications: readonly string[], name: string, holders: string[]): AsyncDisposable {
  const leases = applications.map((application) => start(name, application, holders));
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(leases.map((lease) => lease.stop()));
    },
  };
}
