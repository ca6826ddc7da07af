/** An account of thousands of events, in our history and in emmett's store. */
import type { PostgresEventStore } from '@event-driven-io/emmett-postgresql';
import type { Pool } from 'pg';
import { load } from '../../src/history/load.ts';
import { writeSnapshots } from '../../src/history/snapshots.ts';
import type { Outbox } from '../../src/outbox/transaction.ts';
import { account, every, payloadOf } from './account.ts';
import type { MoneyIn } from './appenders.ts';

export interface LongAccount {
  readonly id: string;
  readonly events: number;
  /** One of the instants at which it has changed, or between two of them */
  randomInstant(): Date;
}

const begin = Date.parse('2026-03-01T00:00:00Z');
const stepMs = 1_000; // between two of its events

/** Writes it with all its snapshots. So many events, and half of what can come after a snapshot. */
export async function writeLongAccount(outbox: Outbox, pool: Pool, least: number): Promise<LongAccount> {
  const id = 'long';
  const events = least + every / 2;
  const rows = Array.from({ length: events }, (_, n) => payloadOf(id, n));
  await pool.query(
    `INSERT INTO history
     SELECT 'account', $1, n, uuidv7(), 'bench.money_in', 1, to_timestamp($2::float8 / 1000 + n * $3::float8 / 1000),
            'request-of-bench', NULL, 'customer', payload
       FROM jsonb_array_elements($4) WITH ORDINALITY AS row (payload, n)`,
    [id, begin, stepMs, JSON.stringify(rows)],
  );
  await writeSnapshots(outbox.read, account, id, (await load(outbox.read, account, id)).missing);
  await pool.query('VACUUM ANALYZE history, history_snapshot');
  const randomInstant = () => new Date(begin + Math.ceil(Math.random() * (events + 1) * stepMs));
  return { id, events, randomInstant };
}

const pageSize = 1_000;

/** Writes the same events. */
export async function writeLongStream(
  store: PostgresEventStore,
  { id, events }: LongAccount,
): Promise<string> {
  const stream = `account-${id}`;
  for (let first = 0; first < events; first += pageSize) {
    const page = Array.from(
      { length: Math.min(pageSize, events - first) },
      (_, n): MoneyIn => ({
        type: 'MoneyIn',
        data: payloadOf(id, first + n),
      }),
    );
    await store.appendToStream<MoneyIn>(stream, page);
  }
  return stream;
}
