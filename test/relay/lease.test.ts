import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTcpProxy } from '../../dev/tcp-proxy.ts';
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
function start(name: string, application: string, holders: string[] = [], url = testDatabase.url) {
  const lease = holdLease({
    url,
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

/** Whether the application stands by. */
async function waits(application: string): Promise<boolean> {
  const { rowCount } = await pool().query(
    "SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = $1 AND locktype = 'advisory' AND NOT granted",
    [application],
  );
  return rowCount! > 0;
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
  await until(() => second.held, { message: 'the second takes over' });
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

test('a holder whose connection fell silent is replaced, hears of it, and stands by again', async () => {
  await using proxy = await startTcpProxy({ to: testDatabase.url });
  await using cutOff = start('silent', 'cut off', [], proxy.through(testDatabase.url));
  await until(() => cutOff.held);
  await using other = start('silent', 'other');
  proxy.silence();
  await until(() => other.held, { message: 'the other takes over' });
  await until(() => !cutOff.held, { message: 'the one that is cut off knows' });
  proxy.heal();
  await until(() => waits('cut off'), { message: 'it stands by' });
});

test('one whose connection is silent can be stopped, whether it holds it or stands by', async () => {
  await using proxy = await startTcpProxy({ to: testDatabase.url });
  const url = proxy.through(testDatabase.url);
  const leases = [start('stop', 'one', [], url), start('stop', 'two', [], url)];
  await until(async () => (await waits('one')) || (await waits('two')));
  proxy.silence();
  await Promise.all(leases.map((lease) => lease.stop()));
  await using next = start('stop', 'next');
  await until(() => next.held, { message: 'nobody holds it any more' });
});

test('of many that stand by one after the other gets it, each as the one before lets go', async () => {
  const leases = new Map(
    ['a', 'b', 'c', 'd'].map((application) => [application, start('next', application)]),
  );
  const holders: string[] = [];
  while (leases.size > 0) {
    const holder = (await until(() => leaseHolder(pool(), 'next')))!;
    await until(() => leases.get(holder)?.held, { message: 'the holder is one that was not stopped' });
    await leases.get(holder)!.stop();
    leases.delete(holder);
    holders.push(holder);
  }
  expect(holders.sort()).toEqual(['a', 'b', 'c', 'd']);
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
