/** A PostgreSQL with events in its outbox, and a Redis, in which each contestant finds nothing of the others. */
import { startPostgres } from '../../dev/postgres.ts';
import { startRedis } from '../../dev/redis.ts';
import { type OutboxRow, readOutbox } from '../../src/outbox/read-outbox.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { type Database, openDatabase } from '../../src/platform/postgres.ts';
import { openRedis, type Redis } from '../../src/platform/redis.ts';
import { createMigratedDatabase } from '../database.ts';
import { writeNumberedEvents } from '../slow/numbered-events.ts';
import { createSeen } from './seen.ts';

export interface WorkersWorld extends AsyncDisposable {
  readonly pool: Database['pool'];
  readonly databaseUrl: string;
  readonly redis: Redis;
  readonly redisUrl: string;
  /** Events in the outbox: positions 1 to this */
  readonly backlog: number;
  /** Reads so many events, a thousand at a time. */
  read(events: number, each: (rows: readonly OutboxRow[]) => Promise<unknown>): Promise<void>;
  /** Nothing is enqueued, handled or registered. */
  reset(): Promise<void>;
  /** What the handlers have left */
  countSeen(): Promise<{ readonly rows: number; readonly events: number }>;
}

export const logger = createLogger('bench', 'silent');
const payloadBytes = 150; // of the title: about 300 with the payload's other fields
const pageSize = 1_000;

/** Starts everything with so many events in the outbox; a few seconds. */
export async function startWorkersWorld(backlog: number): Promise<WorkersWorld> {
  await using setup = new AsyncDisposableStack();
  const postgres = setup.use(await startPostgres({ fast: true }));
  const server = setup.use(await startRedis());
  const databaseUrl = await createMigratedDatabase(postgres, 'workers');
  const { pool } = setup.use(openDatabase({ url: databaseUrl, application: 'aorta-bench' }));
  const redis = openRedis({ url: server.url, name: 'aorta-bench', logger });
  setup.defer(() => redis.disconnect());
  await pool.query(createSeen);
  await writeNumberedEvents(pool, { first: 1, count: backlog, payloadBytes });
  await pool.query('VACUUM ANALYZE outbox');
  const owned = setup.move();
  return {
    pool,
    databaseUrl,
    redis,
    redisUrl: server.url,
    backlog,
    async read(events, each) {
      for (let after = 0; after < events; ) {
        const limit = Math.min(pageSize, events - after);
        const rows = await readOutbox(pool, { after, upTo: events, limit });
        await each(rows);
        after = rows.at(-1)!.position;
      }
    },
    async reset() {
      await redis.flushall();
      await pool.query(`
        DROP SCHEMA IF EXISTS graphile_worker CASCADE;
        DROP SCHEMA IF EXISTS pgboss CASCADE;
        TRUNCATE seen, inbox, dead_letter;
        DELETE FROM consumer;
        UPDATE sink SET position = 0, marker = NULL`);
    },
    async countSeen() {
      const { rows } = await pool.query<{ rows: number; events: number }>(
        'SELECT count(*) AS rows, count(DISTINCT event_id) AS events FROM seen',
      );
      return rows[0]!;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
