/** Rebuilds of projections in this process, and what a projection comes to. */
import { openLogReader } from '../../src/log/reader.ts';
import type { Reaction } from '../../src/workers/reaction.ts';
import type { RebuildProgress } from '../../src/workers/rebuild/progress.ts';
import { type RebuildOptions, rebuildProjection } from '../../src/workers/rebuild/rebuild-projection.ts';
import { logger } from '../relay/support.ts';
import { until } from '../support/until.ts';
import type { WorkerWorld } from './support.ts';

export interface RunningRebuild {
  readonly progress: readonly RebuildProgress[];
  /** Settled with the rebuild */
  readonly finished: Promise<void>;
  /** Waits until it wants to switch and cannot. */
  untilWaiting(): Promise<void>;
}

/** Starts a rebuild; a test that lets it fail has to look at `finished`. */
export function startRebuild(
  { url, pool, redis, logName }: WorkerWorld,
  reaction: Reaction,
  options: Partial<RebuildOptions> = {},
): RunningRebuild {
  const progress: RebuildProgress[] = [];
  let settled = false;
  const finished = rebuildProjection({
    ...{ reaction, databaseUrl: url, pool, application: 'rebuild', logger },
    openReader: () => openLogReader({ redis, pool, logName }),
    onProgress: (now) => progress.push(now),
    ...options,
  }).finally(() => {
    settled = true;
  });
  finished.catch(() => {});
  return {
    progress,
    finished,
    untilWaiting: () =>
      until(() => settled || progress.at(-1)?.phase === 'waiting', {
        message: 'the rebuild waits to switch',
      }).then(() => {}),
  };
}

export const rebuild = (world: WorkerWorld, reaction: Reaction, options: Partial<RebuildOptions> = {}) =>
  startRebuild(world, reaction, options).finished;

/** Keeps the table from being swapped until the end of the scope, as a long read of it does. */
export async function readSlowly({ pool }: WorkerWorld, table: string): Promise<AsyncDisposable> {
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query(`LOCK TABLE ${table} IN ACCESS SHARE MODE`);
  return {
    async [Symbol.asyncDispose]() {
      await client.query('ROLLBACK');
      client.release();
    },
  };
}

/** Reads the tables all the time, by a prepared statement of one connection each. Throws at the end when a read failed. */
export function readOn({ pool }: WorkerWorld, tables: readonly string[]) {
  let reading = true;
  let reads = 0;
  const finished = Promise.all(
    tables.map(async (table) => {
      const client = await pool.connect();
      try {
        for (; reading; reads += 1)
          await client.query({ name: `read ${table}`, text: `SELECT * FROM ${table}` });
      } finally {
        client.release();
      }
    }),
  );
  finished.catch(() => {});
  return {
    get reads() {
      return reads;
    },
    async [Symbol.asyncDispose]() {
      reading = false;
      await finished;
    },
  };
}

/** Waits until the processor has handled every event that is recorded, or has given it up. */
export async function untilCaughtUp({ pool }: WorkerWorld, processor: string): Promise<void> {
  await until(
    async () => {
      const { rows } = await pool.query(
        `SELECT (SELECT sum(handled) FROM processor_checkpoint WHERE processor = $1)
              + (SELECT count(*) FROM dead_letter WHERE consumer = $1)
              + (SELECT count(*) FROM inbox WHERE consumer = $1)
              = (SELECT count(*) FROM outbox, consumer WHERE name = $1 AND type = ANY (types)) AS done`,
        [processor],
      );
      return rows[0].done;
    },
    { message: `${processor} has handled everything` },
  );
}

/** What is left of a rebuild: nothing, once it is done. */
export async function leftovers({ pool }: WorkerWorld): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'rebuild%'
     UNION ALL SELECT name FROM consumer WHERE name LIKE 'rebuild:%'
     UNION ALL SELECT processor FROM processor_checkpoint WHERE processor LIKE 'rebuild:%'`,
  );
  return rows.map(({ name }) => name);
}
