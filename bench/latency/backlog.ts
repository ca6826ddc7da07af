/** A queue consumer that is far behind, so that the relay is as busy with queues as it can be. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { newestPosition } from '../../src/outbox/head.ts';
import { readSink } from '../../src/outbox/sinks.ts';
import { writeNumberedEvents } from '../slow/numbered-events.ts';

const name = 'behind';
const payloadBytes = 150;
const atOnce = 10_000; // events of one transaction
const patienceMs = 300_000;

/** Where the events of a backlog are in the log */
export interface Range {
  readonly first: number;
  readonly last: number;
}

export interface Behind extends AsyncDisposable {
  /** Events that are still to be enqueued */
  left(): Promise<number>;
}

/** Writes the events, which no consumer wants yet, and waits until the streams have them. */
export async function writeBacklog(pool: Pool, events: number): Promise<Range> {
  const before = await newestPosition(pool);
  for (let first = 1; first <= events; first += atOnce) {
    await writeNumberedEvents(pool, { first, count: Math.min(atOnce, events - first + 1), payloadBytes });
  }
  const last = await newestPosition(pool);
  // what PostgreSQL does once after so many inserts is over before anything is measured
  await pool.query('VACUUM ANALYZE outbox');
  await pool.query('CHECKPOINT');
  const deadline = performance.now() + patienceMs;
  while ((await readSink(pool, 'streams')).position < last) {
    if (performance.now() > deadline) throw new Error('the streams do not get the backlog');
    await delay(50);
  }
  return { first: before + 1, last };
}

/** Registers a consumer that wants the range, and whatever comes behind it. Disposal takes it away. */
export async function fallBehind(pool: Pool, { first, last }: Range): Promise<Behind> {
  await pool.query(
    `INSERT INTO consumer (name, kind, types, topics, start_position, enqueued_position)
     VALUES ($1, 'QUEUE', '{video.watch_started}', '{video}', $2, $2)`,
    [name, first - 1],
  );
  return {
    async left() {
      const reached = await pool.query<{ position: number }>(
        'SELECT enqueued_position AS position FROM consumer WHERE name = $1',
        [name],
      );
      return Math.max(0, last - reached.rows[0]!.position);
    },
    async [Symbol.asyncDispose]() {
      await pool.query('DELETE FROM consumer WHERE name = $1', [name]);
    },
  };
}
