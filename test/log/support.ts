/** A log whose outbox and streams are written by hand, so that a test decides what is where. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { type RedisServer, startRedis } from '../../dev/redis.ts';
import { type LogKeys, logKeys } from '../../src/log/keys.ts';
import { beginIncarnation, type LogState, publishBatch } from '../../src/log/publish.ts';
import { type LogReader, type LogReaderOptions, openLogReader } from '../../src/log/reader.ts';
import { readLogRow } from '../../src/outbox/log-row.ts';
import { type OutboxRow, readOutbox } from '../../src/outbox/read-outbox.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { createTestDatabase } from '../support/database.ts';

export const topics = ['busy', 'calm', 'rare'] as const;

/** What a test says of an event; the rest is filled in. */
export interface Fact {
  readonly position: number;
  readonly topic: string;
  readonly type?: string;
  readonly aggregateId?: string;
  readonly correlationId?: string;
  readonly keys?: readonly string[];
}

export interface LogWorld extends AsyncDisposable {
  readonly database: Database;
  readonly server: RedisServer;
  readonly redis: Redis;
  /** An empty log of its own on the same outbox. */
  newLog(): Promise<TestLog>;
}

export interface TestLog {
  readonly name: string;
  readonly keys: LogKeys;
  open(options?: Pick<LogReaderOptions, 'isOurs'>): Promise<LogReader>;
  /** Begins the log at a floor and publishes the rows in batches. Gives the state that it left. */
  publish(rows: readonly OutboxRow[], options?: Publishing): Promise<LogState>;
}

export interface Publishing {
  readonly floor?: number;
  readonly batchSize?: number;
  readonly maxLength?: number;
  /** Default: the position of the last row */
  readonly through?: number;
}

export async function createLogWorld(): Promise<LogWorld> {
  await using setup = new AsyncDisposableStack();
  const { database } = setup.use(await createTestDatabase());
  const server = setup.use(await startRedis());
  const redis = new Redis(server.url, { maxRetriesPerRequest: 1, retryStrategy: () => 20 });
  redis.on('error', () => {});
  setup.defer(() => redis.disconnect());
  const owned = setup.move();
  return {
    database,
    server,
    redis,
    async newLog() {
      const name = randomUUID();
      const { epoch } = await readLogRow(database.pool);
      const keys = logKeys(name, epoch);
      return {
        name,
        keys,
        open: (options) => openLogReader({ redis, pool: database.pool, logName: name, ...options }),
        publish: (rows, options) => publishAll(redis, keys, rows, options),
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Replaces everything in the outbox by these events. */
export async function writeOutbox(pool: Pool, facts: readonly Fact[]): Promise<readonly OutboxRow[]> {
  await pool.query('TRUNCATE outbox');
  await pool.query(
    `INSERT INTO outbox (position, id, topic, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                         occurred_at, correlation_id, depth, keys, payload)
     SELECT (f->>'position')::bigint, gen_random_uuid(), f->>'topic', coalesce(f->>'type', 'test.happened'), 1, 'test',
            coalesce(f->>'aggregateId', 'a'), 1, now(), coalesce(f->>'correlationId', 'c'), 0,
            ARRAY(SELECT jsonb_array_elements_text(coalesce(f->'keys', '[]'))), '{}'
       FROM jsonb_array_elements($1::jsonb) AS f`,
    [JSON.stringify(facts)],
  );
  return readOutbox(pool, { after: -1, upTo: Number.MAX_SAFE_INTEGER, limit: 1_000_000 });
}

async function publishAll(
  redis: Redis,
  keys: LogKeys,
  rows: readonly OutboxRow[],
  {
    floor = 0,
    batchSize = 100,
    maxLength = 1_000_000,
    through = rows.at(-1)?.position ?? floor,
  }: Publishing = {},
): Promise<LogState> {
  let state = await beginIncarnation(redis, keys, floor, topics);
  for (let from = 0; from < rows.length; from += batchSize) {
    const batch = rows.slice(from, from + batchSize);
    const newest = batch.at(-1)!;
    const end = from + batchSize < rows.length ? newest.position : through;
    const result = await publishBatch(redis, keys, state, { rows: batch, through: end }, maxLength);
    if (result !== 'published') throw new Error(`a batch of the test was ${result}`);
    state = { ...state, through: end, newest };
  }
  return state;
}
