/** A PostgreSQL with a backlog in its outbox, and a Redis that is emptied before each contestant. */
import { startPostgres } from '../../dev/postgres.ts';
import { startRedis } from '../../dev/redis.ts';
import { catalogue } from '../../src/app/modules.ts';
import { type OutboxRow, readOutbox } from '../../src/outbox/read-outbox.ts';
import { readConfig } from '../../src/platform/config.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { type Database, openDatabase } from '../../src/platform/postgres.ts';
import { openRedis, type Redis } from '../../src/platform/redis.ts';
import { createMigratedDatabase } from '../database.ts';
import { writeNumberedEvents } from '../slow/numbered-events.ts';

export interface RelayWorld extends AsyncDisposable {
  readonly pool: Database['pool'];
  readonly databaseUrl: string;
  readonly redis: Redis;
  readonly topics: readonly string[];
  /** Events in the outbox: positions 1 to this */
  readonly backlog: number;
  /** As a relay has them that is not configured otherwise */
  readonly batchSize: number;
  readonly queueBatchSize: number;
  readonly streamMaxLength: number;
  /** Reads so many events of the backlog as the sinks do, from its start; `each` is given every batch. */
  read(events: number, batchSize: number, each?: (rows: readonly OutboxRow[]) => void): Promise<void>;
  /** Nothing is published, and no consumer is registered. */
  reset(): Promise<void>;
}

export const logName = 'aorta';
export const logger = createLogger('bench', 'silent');
const payloadBytes = 150; // of the title: about 300 with the payload's other fields

/** Starts everything with so many events waiting; a few seconds. */
export async function startRelayWorld(backlog: number): Promise<RelayWorld> {
  await using setup = new AsyncDisposableStack();
  const postgres = setup.use(await startPostgres({ fast: true }));
  const server = setup.use(await startRedis());
  const url = await createMigratedDatabase(postgres, 'relay');
  const { pool } = setup.use(openDatabase({ url, application: 'aorta-bench' }));
  const redis = openRedis({ url: server.url, name: 'aorta-bench', logger });
  setup.defer(() => redis.disconnect());
  await writeNumberedEvents(pool, { first: 1, count: backlog, payloadBytes });
  // as an outbox is that has been in use for a while
  await pool.query('VACUUM ANALYZE outbox');
  const config = readConfig({ DATABASE_URL: url, REDIS_URL: server.url });
  const owned = setup.move();
  return {
    pool,
    databaseUrl: url,
    redis,
    topics: catalogue.topics,
    backlog,
    batchSize: config.RELAY_BATCH,
    queueBatchSize: config.RELAY_QUEUE_BATCH,
    streamMaxLength: config.STREAM_MAX_LENGTH,
    async read(events, batchSize, each = () => {}) {
      const client = await pool.connect();
      try {
        for (let after = 0; after < events; ) {
          const rows = await readOutbox(client, { after, upTo: events, limit: batchSize });
          each(rows);
          after = rows.at(-1)!.position;
        }
      } finally {
        client.release();
      }
    },
    async reset() {
      await redis.flushall();
      await pool.query('DELETE FROM consumer');
      await pool.query('UPDATE sink SET position = 0, marker = NULL');
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
