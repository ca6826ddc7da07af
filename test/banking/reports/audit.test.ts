import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createBankAudit } from '../../../src/domains/banking/audit.ts';
import type { AuditProgress, Finding } from '../../../src/history/audit.ts';
import { auditStore } from '../../../src/history/audit-store.ts';
import { accounts } from '../../../src/workers/banking/accounts.ts';
import { openOutbox, react } from '../../streaming/support.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { runCommand } from '../../support/run-command.ts';
import { until } from '../../support/until.ts';
import { accountLog, atMinute, openBank } from './support.ts';

let testDatabase: TestDatabase;
const sql = (text: string, values: unknown[] = []) => testDatabase.database.pool.query(text, values);

/** Every event is handled by the read models; a has a snapshot, and every kind of transfer there is. */
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const { database } = testDatabase;
  const outbox = openOutbox(database);
  const bank = openBank(outbox);
  await bank.open('a', 100_000n, atMinute(0));
  await bank.open('b', 0n, atMinute(0), { owner: 'ben' });
  await bank.open('y', 5_000n, atMinute(0), { currency: 'JPY' });
  for (let n = 1; n <= 110; n += 1) await bank.deposit('a', BigInt(n), atMinute(n));
  await bank.withdraw('a', 40n, atMinute(111));
  await bank.transfer('t1', 'a', 'b', 700n, 'completed', atMinute(112));
  await bank.transfer('t2', 'a', 'b', 30n, 'refunded', atMinute(113));
  await bank.transfer('t3', 'a', 'b', 5n, 'pending', atMinute(114));
  const log = await accountLog(database);
  await react(outbox, accounts, log);
  await sql(
    `INSERT INTO processor_checkpoint (processor, slot, position) SELECT 'accounts', 0, max(position) FROM outbox`,
  );
  await until(async () => (await sql('SELECT FROM history_snapshot')).rows.length > 0, {
    message: 'a has a snapshot',
  });
  // what a test corrupts, it has a copy of
  for (const table of tables) await sql(`CREATE TABLE sound_${table} AS TABLE ${table}`);
});
afterAll(() => testDatabase.drop());
const tables = [
  'history',
  'history_snapshot',
  'outbox',
  'account_summary',
  'account_movement',
  'log',
  'processor_checkpoint',
];
let isCorrupt = false;
beforeEach(async () => {
  if (!isCorrupt) return;
  await sql(`TRUNCATE ${tables.join(', ')}`);
  for (const table of tables) await sql(`INSERT INTO ${table} SELECT * FROM sound_${table}`);
});

async function corrupt(...statements: readonly string[]) {
  isCorrupt = true;
  for (const statement of statements) expect((await sql(statement)).rowCount, statement).toBeGreaterThan(0);
}

async function audit(only?: string) {
  const bank = createBankAudit();
  const findings: Finding[] = [];
  let progress: AuditProgress | undefined;
  const onProgress = (now: AuditProgress) => {
    progress = now;
  };
  for await (const finding of auditStore(testDatabase.database.pool, [bank], { only, onProgress }))
    findings.push(finding);
  return { findings, progress, behind: bank.behind() };
}

const told = async () =>
  (await audit()).findings.map(({ check, aggregateId, version, says }) =>
    [check, aggregateId, version, says].filter((each) => each !== null).join(' '),
  );

const ofA = `aggregate_type = 'account' AND aggregate_id = 'a'`;

test('a sound store passes, in flight money and a snapshot included', async () => {
  expect(await audit()).toEqual({
    findings: [],
    progress: { aggregateType: 'transfer', aggregates: 6, events: 124, outboxRows: 124 },
    behind: 0,
  });
});

describe('it names', () => {
  test('a version that is missing', async () => {
    await corrupt(`DELETE FROM history WHERE ${ofA} AND version = 50`);
    expect(await told()).toEqual(
      expect.arrayContaining([
        'version a 51 version 50 is missing before it',
        'outbox a 50 its event is in the outbox, and not in the history',
      ]),
    );
  });

  test('versions that are missing at the start, and at the end', async () => {
    await corrupt(
      `DELETE FROM history WHERE ${ofA} AND version < 3`,
      `DELETE FROM history WHERE aggregate_id = 'b' AND version = 2`,
    );
    expect(await told()).toEqual(
      expect.arrayContaining([
        'version a 3 versions 1 to 2 are missing before it',
        'account list b 2 the list of accounts has it at this version, and there is no such event',
        'transfer t1 its events do not make a transfer: completed, started',
      ]),
    );
  });

  test('an amount that was changed, by its event in the log and all that was made of it', async () => {
    await corrupt(`UPDATE history SET payload = payload || '{"amount": "51"}' WHERE ${ofA} AND version = 51`);
    const findings = await told();
    expect(findings.slice(0, 2)).toEqual([
      'outbox a 51 its event in the outbox is another than in the history: payload',
      'snapshot a 100 its snapshot is not the state that the events lead to',
    ]);
    expect(findings).toContain('movements a 51 its movement is 50 to 101275; it was 51 to 101276');
    expect(findings).toContain(
      'account list a 116 the list of accounts has 105360 EUR, OPEN; its events lead to 105361 EUR, OPEN',
    );
  });

  test('a time that goes back', async () => {
    await corrupt(`UPDATE history SET occurred_at = '2026-03-01T12:00:30Z' WHERE ${ofA} AND version = 5`);
    expect((await told())[0]).toBe(
      'time a 5 it occurred at 2026-03-01T12:00:30.000Z, before the version before it',
    );
  });

  test('an event without its row in the outbox, and one that is in the outbox alone', async () => {
    await corrupt(`DELETE FROM outbox WHERE ${ofA} AND aggregate_version = 7`);
    expect(await told()).toEqual(['outbox a 7 its event is in the history, and not in the outbox']);
    await corrupt(
      `INSERT INTO outbox (id, topic, type, schema_version, aggregate_type, aggregate_id, aggregate_version, occurred_at, correlation_id, depth, keys, payload, via)
       SELECT gen_random_uuid(), topic, type, schema_version, aggregate_type, 'b', 3, occurred_at, 'c', 0, '{}', payload, via
         FROM sound_outbox WHERE ${ofA} AND aggregate_version = 7`,
    );
    expect(await told()).toContain('outbox b 3 its event is in the outbox, and not in the history');
  });

  test('a snapshot that is another, and one of nothing', async () => {
    await corrupt(
      `UPDATE history_snapshot SET state = state || '{"balance": "1"}'`,
      `INSERT INTO history_snapshot SELECT aggregate_type, 'z', schema_version, version, occurred_at, state FROM history_snapshot`,
    );
    expect(await told()).toEqual([
      'snapshot a 100 its snapshot is not the state that the events lead to',
      'snapshot z 100 there is a snapshot of it, and no event',
    ]);
  });

  test('a balance, a movement and an account that the read models have wrong, or not at all', async () => {
    await corrupt(
      `UPDATE account_summary SET balance = balance + 1 WHERE id = 'y'`,
      `DELETE FROM account_summary WHERE id = 'b'`,
      `UPDATE account_movement SET balance = 1 WHERE account_id = 'a' AND version = 2`,
      `DELETE FROM account_movement WHERE account_id = 'a' AND version = 3`,
    );
    expect(await told()).toEqual([
      'movements a 2 its movement is 1 to 1; it was 1 to 100001',
      'movements a 3 its movement of 2 is missing',
      'account list b 1 the list of accounts does not know it',
      'account list y 1 the list of accounts has 5001 JPY, OPEN; its events lead to 5000 JPY, OPEN',
    ]);
  });

  test('a transfer that arrived with less, and the money that is gone with it', async () => {
    const less = `payload = payload || '{"amount": "600"}' WHERE type = 'bank.transfer_received'`;
    await corrupt(`UPDATE history SET ${less}`, `UPDATE outbox SET ${less}`);
    expect(await told()).toEqual(
      expect.arrayContaining([
        'transfer t1 its events tell of different money, or of different accounts',
        expect.stringMatching(/^money 106065 EUR were paid in; 105960 are on accounts and 5 in flight$/),
      ]),
    );
  });

  test('a transfer whose status its movements do not fit', async () => {
    const failed = `type = 'bank.transfer_completed' WHERE type = 'bank.transfer_refunded'`;
    await corrupt(`UPDATE history SET ${failed}`, `UPDATE outbox SET ${failed}`);
    expect(await told()).toEqual([
      'transfer t2 its events do not make a transfer: completed, returned, sent, started',
    ]);
  });
});

test('what retention has dropped is no fault, but a hole behind it is; read models that are on their way are none either', async () => {
  await corrupt(
    `DELETE FROM outbox WHERE position <= 60`,
    `UPDATE log SET floor = 60`,
    `UPDATE processor_checkpoint SET position = (SELECT max(position) - 1 FROM outbox WHERE ${ofA})`,
    `UPDATE account_summary AS s SET version = 115, balance = m.balance FROM account_movement AS m
      WHERE s.id = 'a' AND m.account_id = 'a' AND m.version = 115`,
    `DELETE FROM account_movement WHERE account_id = 'a' AND version = 116`,
  );
  expect(await audit()).toMatchObject({ findings: [], behind: 1 });
  await corrupt(`DELETE FROM outbox WHERE position = 70`);
  expect((await told()).map((line) => line.split(' ')[0])).toEqual(['outbox']);
});

test('aggregates of one type can be checked alone', async () => {
  await corrupt(`DELETE FROM history WHERE ${ofA} AND version = 50`);
  expect(await audit('transfer')).toMatchObject({ findings: [], progress: { aggregates: 3, events: 5 } });
});

describe('npm run audit', () => {
  const run = (...args: readonly string[]) =>
    runCommand('commands/audit.ts', args, { DATABASE_URL: testDatabase.url });

  test('ends with 0 for a sound store, with 1 for another, and tells it for people and programs', async () => {
    const sound = await run();
    expect(sound).toMatchObject({ code: 0, stdout: '', stderr: 'sound: 6 aggregates with 124 events\n' });
    await corrupt(`DELETE FROM outbox WHERE ${ofA} AND aggregate_version = 7`);
    const [line, json] = await Promise.all([run(), run('--json')]);
    expect(line).toMatchObject({
      code: 1,
      stdout: 'outbox: account a version 7 - its event is in the history, and not in the outbox\n',
    });
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ...{ aggregates: 6, events: 124, behind: 0, found: 1 },
      findings: [{ check: 'outbox', aggregateType: 'account', aggregateId: 'a', version: 7 }],
    });
  });

  test('says what is wrong with its arguments, and that there is no database', async () => {
    const nowhere = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    const [unknown, untyped, unreachable] = await Promise.all([
      run('--nonsense'),
      run('--aggregate', 'nothing'),
      runCommand('commands/audit.ts', [], nowhere),
    ]);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('npm run audit -- --help') });
    expect(untyped).toMatchObject({ code: 2, stderr: expect.stringContaining('"nothing"') });
    expect(unreachable).toMatchObject({ code: 1, stderr: expect.stringContaining('ECONNREFUSED') });
  });
});
