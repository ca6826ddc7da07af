/** The relay's sinks in this process, on stores of the test's own. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { Registry } from 'prom-client';
import { type RedisServer, startRedis } from '../../dev/redis.ts';
import type { LogEvent } from '../../src/events/envelope.ts';
import { queuePrefix } from '../../src/log/keys.ts';
import { oneShard } from '../../src/log/queue-shards.ts';
import { openLogReader } from '../../src/log/reader.ts';
import { createLogger } from '../../src/platform/logger.ts';
import type { Database } from '../../src/platform/postgres.ts';
import { createJobs } from '../../src/relay/jobs.ts';
import { createRelayMetrics } from '../../src/relay/metrics.ts';
import { type QueueSinkOptions, startQueueSink } from '../../src/relay/queue-sink.ts';
import { type StreamSinkOptions, startStreamSink } from '../../src/relay/stream-sink.ts';
import { insert } from '../outbox/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** The topic of every event that `insert` writes */
export const topics = ['test'];
export const logger = createLogger('test', 'silent');

export interface RelayWorld extends AsyncDisposable {
  readonly url: string;
  readonly database: Database;
  readonly pool: Pool;
  readonly server: RedisServer;
  readonly redis: Redis;
  readonly logName: string;
  startStreams(options?: Partial<StreamSinkOptions>): Running;
  startQueues(options?: Partial<QueueSinkOptions>): Running;
  startReader(): Promise<TailReader>;
}

/** A sink that runs until it is stopped, at the end of the scope or before. */
export interface Running extends AsyncDisposable {
  wake(): void;
  stop(): Promise<void>;
}

/** Follows the log as a node of the API does: from its own position through any outage. */
export interface TailReader extends AsyncDisposable {
  readonly events: readonly LogEvent[];
  readonly position: number;
}

export async function createRelayWorld(
  makeDatabase: () => Promise<Pick<TestDatabase, 'url' | 'database'> & AsyncDisposable> = createTestDatabase,
): Promise<RelayWorld> {
  await using setup = new AsyncDisposableStack();
  const { url, database } = setup.use(await makeDatabase());
  const server = setup.use(await startRedis());
  const connectRedis = () => {
    const connection = new Redis(server.url, { maxRetriesPerRequest: 1, retryStrategy: () => 20 });
    connection.on('error', () => {});
    setup.defer(() => connection.disconnect());
    return connection;
  };
  const redis = connectRedis();
  const queueRedis = connectRedis();
  const logName = randomUUID();
  const metrics = createRelayMetrics(new Registry());
  const { pool } = database;
  const common = { pool, logName, logger, metrics, pollMs: 10 };
  const owned = setup.move();
  return {
    url,
    database,
    pool,
    server,
    redis,
    logName,
    startStreams(options) {
      const sink = startStreamSink({
        ...common,
        ...{ redis, topics, batchSize: 50, streamMaxLength: 100_000 },
        ...options,
      });
      return { ...sink, [Symbol.asyncDispose]: sink.stop };
    },
    startQueues(options) {
      const jobs = createJobs(queueRedis, queuePrefix(logName));
      const sink = startQueueSink({
        ...common,
        shards: oneShard(queueRedis, logName),
        jobs,
        batchSize: 50,
        ...options,
      });
      const stop = async () => {
        await sink.stop();
        await jobs.close();
      };
      return { wake: sink.wake, stop, [Symbol.asyncDispose]: stop };
    },
    startReader: () => startReader({ redis, pool, logName }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function startReader(options: { redis: Redis; pool: Pool; logName: string }): Promise<TailReader> {
  const reader = await openLogReader(options);
  const events: LogEvent[] = [];
  let position = 0;
  let reading = true;
  const run = async () => {
    while (reading) {
      // an outage is not the reader's to handle: it asks again
      const page = await reader
        .read({ filter: { topics }, after: position, limit: 40 })
        .catch(() => undefined);
      events.push(...(page?.events ?? []));
      if (page && page.next > position) position = page.next;
      else await delay(2);
    }
  };
  const finished = run();
  return {
    events,
    get position() {
      return position;
    },
    async [Symbol.asyncDispose]() {
      reading = false;
      await finished;
    },
  };
}

export interface WriteOptions {
  readonly writers?: number;
  /** Events of each writer, at least */
  readonly each?: number;
  /** They go on until then */
  readonly isOver?: () => boolean;
}

/** Writers that commit and roll back at random, overlapping each other. Gives how many events were committed. */
export async function writeAtOnce(
  pool: Pool,
  { writers = 5, each = 40, isOver = () => true }: WriteOptions = {},
): Promise<number> {
  const committed = await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      let count = 0;
      const client = await pool.connect();
      for (let version = 1; version <= each || !isOver(); version++) {
        await client.query('BEGIN');
        await client.query(insert(`writer ${writer}`, version));
        await delay(Math.random() * 4);
        const commits = Math.random() < 0.9;
        await client.query(commits ? 'COMMIT' : 'ROLLBACK');
        if (commits) count += 1;
      }
      client.release();
      return count;
    }),
  );
  return committed.reduce((sum, count) => sum + count, 0);
}

/** Does the work while writers write as above: however fast they are, they are still at it when the work ends. */
export async function writeWhile(
  pool: Pool,
  work: () => Promise<void>,
  options?: WriteOptions,
): Promise<void> {
  let isOver = false;
  const working = work().finally(() => {
    isOver = true;
  });
  await Promise.all([working, writeAtOnce(pool, { each: 150, ...options, isOver: () => isOver })]);
}

/** Every committed event in the order of the log. */
export async function logged(pool: Pool): Promise<readonly { id: string; position: number }[]> {
  const { rows } = await pool.query('SELECT id, position FROM outbox ORDER BY position');
  return rows;
}

/** What of an event tells it from every other, also from one at the same position of another log. */
export const placesOf = (events: readonly { id: string; position: number }[]) =>
  events.map(({ id, position }) => `${position} ${id}`);

/** Makes Postgres what it was when it had published `position`, as a restored backup would. */
export async function restoreBackup(pool: Pool, position: number): Promise<void> {
  await pool.query('DELETE FROM outbox WHERE position > $1', [position]);
  await pool.query("SELECT setval('outbox_position_seq', $1)", [position]);
  await pool.query('UPDATE sink SET position = least(position, $1)', [position]);
  await pool.query('UPDATE consumer SET enqueued_position = least(enqueued_position, $1)', [position]);
}
