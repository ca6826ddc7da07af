/** Writing the outbox with SQL of one's own, one connection a writer, to choose who does what when. */
import pg from 'pg';
import type { Horizon } from '../../src/outbox/horizon.ts';
import { type OutboxRow, readOutbox } from '../../src/outbox/read-outbox.ts';
import { pgTypes } from '../../src/platform/postgres.ts';

/** The columns that a test chooses, and how the others are filled */
export const columns =
  'id, topic, type, schema_version, aggregate_type, aggregate_id, aggregate_version, occurred_at, correlation_id, depth, keys, payload';

/** One row of VALUES for `columns`. */
export const values = (aggregate: string, version: number) =>
  `(gen_random_uuid(), 'test', 'test.happened', 1, 'test', '${aggregate}', ${version}, now(), 'test', 0, '{}', '{}')`;

/** Inserts events of one aggregate, one a version, in one statement. */
export const insert = (aggregate: string, ...versions: readonly number[]) =>
  `INSERT INTO outbox (${columns}) VALUES ${versions.map((version) => values(aggregate, version)).join(', ')}`;

/** A connection of its own, ended at the end of the scope. */
export async function connect(url: string, application = 'writer'): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: url, application_name: application, types: pgTypes });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

/** Reads what the relay would read next: up to the horizon, in small batches. */
export function createFollower(pool: pg.Pool, horizon: Horizon, batchSize = 20) {
  const rows: OutboxRow[] = [];
  let through = 0;
  return {
    /** Everything read so far, in the order in which it was read */
    rows,
    /** Everything up to here was read */
    get through() {
      return through;
    },
    /** One turn; gives whether the horizon was beyond what had been read. */
    async follow(): Promise<boolean> {
      const upTo = await horizon.advance();
      if (upTo <= through) return false;
      const batch = await readOutbox(pool, { after: through, upTo, limit: batchSize });
      rows.push(...batch);
      through = batch.length === batchSize ? batch.at(-1)!.position : upTo;
      return true;
    },
  };
}

/** The place of an outbox row among its aggregate's, as text: `<aggregate>:<version>` */
export function nameOf(row: OutboxRow): string {
  const { aggregateId, aggregateVersion } = JSON.parse(row.envelope) as {
    aggregateId: string;
    aggregateVersion: number;
  };
  return `${aggregateId}:${aggregateVersion}`;
}
