/** Servers whose sessions are not as ours: what is stored and told is the same there as at home. */
import { expect, test } from 'vitest';
import { applyMigrations } from '../../src/platform/migrations/apply.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { sessionSettings } from '../../src/platform/session-settings.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';

/** What a database may set for whoever connects to it. */
const foreign = {
  TimeZone: 'Asia/Kolkata',
  DateStyle: 'SQL, DMY',
  IntervalStyle: 'iso_8601',
  bytea_output: 'escape',
  standard_conforming_strings: 'off',
  extra_float_digits: '-10',
  search_path: 'nowhere',
  default_transaction_isolation: 'serializable',
  default_transaction_read_only: 'on',
  default_transaction_deferrable: 'on',
  client_encoding: 'LATIN1',
  statement_timeout: '1ms',
  lock_timeout: '1ms',
  idle_session_timeout: '1ms',
};

const setForAll = (name: string) =>
  Object.entries(foreign)
    .map(([setting, value]) => `ALTER DATABASE ${name} SET ${setting} = '${value}';`)
    .join('\n');

test('a session has the settings that we rely on, whatever the database and the URL say', async () => {
  await using empty = await createEmptyDatabase();
  const { pool } = empty.database;
  const { rows } = await pool.query<{ name: string }>('SELECT current_database() AS name');
  await pool.query(setForAll(rows[0]!.name));
  const url = new URL(empty.url);
  url.searchParams.set('options', '-c TimeZone=America/New_York -c geqo=off');
  url.searchParams.set('statement_timeout', '1');
  await applyMigrations(url.href);
  await using database = openDatabase({ url: url.href, application: 'test' });
  const names = [...Object.keys(sessionSettings), 'geqo'];
  const settings = await database.pool.query<{ name: string; setting: string }>(
    'SELECT name, setting FROM pg_settings WHERE name = ANY($1)',
    [names],
  );
  const given = Object.fromEntries(settings.rows.map(({ name, setting }) => [name, setting]));
  expect(given).toEqual({
    ...sessionSettings,
    DateStyle: expect.stringMatching(/^ISO/),
    tcp_user_timeout: expect.any(String), // a Unix socket or a system without it says 0
    tcp_keepalives_idle: expect.any(String),
    tcp_keepalives_interval: expect.any(String),
    geqo: 'off',
  });
});

test('times, money and events are stored and told on such a server as they are at home', async () => {
  await using world = await createWorld();
  const { pool, prisma } = world.database;
  const { rows } = await pool.query<{ name: string }>('SELECT current_database() AS name');
  await pool.query(setForAll(rows[0]!.name));
  await prisma.video.create({ data: { id: 'v1', title: 'Größe, 中文', year: 1927, genres: ['Drama'] } });
  for (const role of ['api', 'relay', 'worker'] as const)
    await world.spawn(role).waitForLog(`${role}.started`);
  const before = Date.now();
  await using events = subscribe(world.apiUrl, 'subscription { events { type occurredAt payload } }');
  await until(() => events.progress.length > 0);

  const started = await request(
    world.apiUrl,
    'mutation { startWatching(userId: "ada", videoId: "v1", idempotencyKey: "k") { startedAt video { title } } }',
  );
  expect(started.data.startWatching.video.title).toBe('Größe, 中文');
  expect(Math.abs(Date.parse(started.data.startWatching.startedAt) - before)).toBeLessThan(60_000);
  const opened = await request(
    world.apiUrl,
    'mutation { a: openAccount(owner: "ada", initialDeposit: "700") { id } b: openAccount(owner: "bob") { id } }',
  );
  const [from, to] = [opened.data.a.id, opened.data.b.id];
  const deposit = `mutation { deposit(accountId: "${from}", amount: "1", idempotencyKey: "d") { balance } }`;
  for (const _ of [1, 2]) {
    expect((await request(world.apiUrl, deposit)).data.deposit.balance, 'the same key twice').toBe('701');
  }
  const sent = await request(
    world.apiUrl,
    `mutation { transfer(fromAccountId: "${from}", toAccountId: "${to}", amount: "700") { id } }`,
  );
  const { id } = sent.data.transfer;
  await until(async () => {
    const { data } = await request(world.apiUrl, `{ transfer(id: "${id}") { status } }`);
    return data.transfer.status === 'COMPLETED';
  });
  await until(async () => {
    const { data } = await request(world.apiUrl, '{ viewership { concurrentViewers } }');
    return data.viewership.concurrentViewers === 1;
  });
  const stored = await pool.query<{ late: number }>(
    `SELECT max(abs(extract(epoch FROM occurred_at - now())))::float8 AS late FROM outbox`,
  );
  expect(stored.rows[0]!.late, 'seconds between the times of events and now').toBeLessThan(600);
  await until(() => events.results.some(({ data }) => data.events.type === 'bank.transfer_received'));
  for (const { data } of events.results) {
    expect(Math.abs(Date.parse(data.events.occurredAt) - before)).toBeLessThan(600_000);
  }
});
