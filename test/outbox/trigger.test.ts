import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHorizon } from '../../src/outbox/horizon.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';
import { columns, connect, insert, values } from './support.ts';

let testDatabase: TestDatabase;
const pool = () => testDatabase.database.pool;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

const row = values('test', 1);
const copied = `$(cat /proc/sys/kernel/random/uuid),test,test.happened,1,test,test,1,2026-01-01,test,0,{},{}`;
const forms = {
  'INSERT … VALUES': insert('test', 1),
  'INSERT of many rows': insert('test', 1, 2, 3),
  'INSERT … SELECT': `INSERT INTO outbox (${columns}) SELECT ${row.slice(1, -1)} FROM generate_series(1, 3)`,
  'INSERT … ON CONFLICT': `${insert('test', 1)} ON CONFLICT DO NOTHING`,
  'a CTE that inserts': `WITH inserted AS (${insert('test', 1)} RETURNING position) SELECT position FROM inserted`,
  COPY: `COPY outbox (${columns}) FROM PROGRAM 'echo "${copied}"' WITH (FORMAT csv)`,
};

test.each(Object.entries(forms))(
  '%s is announced before its first position is taken',
  async (_, statement) => {
    await using holder = await connect(testDatabase.url, 'holder');
    await using client = await connect(testDatabase.url, 'writer');
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const pid = rows[0]!.pid;
    // held by an open ALTER, the sequence lets nobody take a value
    await holder.query('BEGIN');
    await holder.query('ALTER SEQUENCE outbox_position_seq OWNED BY outbox.position');
    await client.query('BEGIN');
    const writing = client.query(statement);
    await until(async () => (await locksOf(pid)).includes('waits for outbox_position_seq'), {
      message: 'the writer waits for its first position',
    });
    expect(await locksOf(pid)).toContain('holds the writers’ lock');
    await holder.query('ROLLBACK');
    await writing;
    expect(await locksOf(pid), 'until the transaction ends').toContain('holds the writers’ lock');
    await client.query('COMMIT');
    expect(await locksOf(pid)).toEqual([]);
  },
);

test('a session in the role of a replica is announced too', async () => {
  await using client = await connect(testDatabase.url);
  await client.query('SET session_replication_role = replica');
  await client.query('BEGIN');
  await client.query(insert('replica', 1));
  const horizon = createHorizon(pool());
  await horizon.advance();
  expect(horizon.waitingFor).toHaveLength(1);
  await client.query('ROLLBACK');
});

test('the trigger cannot be switched off by a session, and the sequence hands out one position at a time', async () => {
  const triggers = await pool().query(
    "SELECT tgname AS name, tgenabled AS enabled FROM pg_trigger WHERE tgrelid = 'outbox'::regclass",
  );
  expect(triggers.rows).toEqual([{ name: 'outbox_announce_writer', enabled: 'A' }]);
  const sequences = await pool().query(
    "SELECT cache_size AS cache, increment_by AS step, cycle FROM pg_sequences WHERE sequencename = 'outbox_position_seq'",
  );
  expect(sequences.rows).toEqual([{ cache: 1, step: 1, cycle: false }]);
});

async function locksOf(pid: number): Promise<readonly string[]> {
  const { rows } = await pool().query<{ lock: string }>(
    `SELECT CASE WHEN locktype = 'advisory' AND classid = 1635086708 AND objid = 1 AND mode = 'ShareLock' AND granted
                   THEN 'holds the writers’ lock'
                 WHEN relation = 'outbox_position_seq'::regclass AND NOT granted
                   THEN 'waits for outbox_position_seq' END AS lock
       FROM pg_locks WHERE pid = $1`,
    [pid],
  );
  return rows.flatMap(({ lock }) => lock ?? []);
}
