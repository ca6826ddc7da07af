/**
 * How the outbox lets go of what is old: a whole partition at a time, the oldest first, once every topic in it is past
 * its retention and nobody needs its rows any more.
 */
import type { Pool, PoolClient } from 'pg';
import { defaultPartition, readPartitions } from './partitions.ts';

/** How long events are kept after their partition was full, in days; Infinity keeps them for ever. */
export interface Retention {
  readonly days: number;
  /** Topics that are kept for another time */
  readonly topicDays: ReadonlyMap<string, number>;
}

export const defaultRetention: Retention = { days: 7, topicDays: new Map() };

/** A partition that takes no more rows and is published. */
export interface ClosedPartition {
  readonly name: string;
  /** No row of it is above */
  readonly upTo: number;
  readonly topics: readonly string[];
  readonly ageDays: number;
}

/**
 * Notes the partitions that were filled and published since it was last asked. By then no writer below their end is
 * left, and their topics are final.
 */
export async function closePartitions(pool: Pool): Promise<void> {
  const ends = (await readPartitions(pool)).map(({ name, to }) => ({ name, upTo: to - 1 }));
  const { rows } = await pool.query<{ last: number | null; published: number }>(
    `SELECT (SELECT max(position) FROM ${defaultPartition}) AS last,
            (SELECT position FROM sink WHERE name = 'streams') AS published`,
  );
  const { last, published } = rows[0]!;
  if (last !== null) ends.push({ name: defaultPartition, upTo: last });
  const known = await pool.query<{ key: string }>(
    "SELECT partition || ' ' || up_to AS key FROM outbox_closed",
  );
  const closed = new Set(known.rows.map(({ key }) => key));
  for (const { name, upTo } of ends) {
    if (upTo > published || closed.has(`${name} ${upTo}`)) continue;
    // the default partition may have taken more since: its time starts again
    await pool.query(
      `INSERT INTO outbox_closed (partition, up_to, topics)
       SELECT $1, $2, ARRAY(SELECT DISTINCT topic FROM ${name})
           ON CONFLICT (partition) DO UPDATE
          SET up_to = excluded.up_to, topics = excluded.topics, closed_at = excluded.closed_at`,
      [name, upTo],
    );
  }
}

/** The oldest partition, when it is closed and every topic in it past its retention. */
export async function findExpired(pool: Pool, retention: Retention): Promise<ClosedPartition | undefined> {
  const { rows } = await pool.query<ClosedPartition>(
    `SELECT partition AS name, up_to AS "upTo", topics,
            (extract(epoch FROM now() - closed_at) / 86400)::float8 AS "ageDays"
       FROM outbox_closed WHERE to_regclass(partition) IS NOT NULL ORDER BY up_to LIMIT 1`,
  );
  const [oldest] = rows;
  return oldest && oldest.ageDays >= longestDays(retention, oldest.topics) ? oldest : undefined;
}

function longestDays({ days, topicDays }: Retention, topics: readonly string[]): number {
  return Math.max(0, ...topics.map((topic) => topicDays.get(topic) ?? days));
}

/** Who still needs rows of the partition: sinks and consumers that are not past it, and those with unhandled events. */
export async function readHolders(
  db: Pool | PoolClient,
  partition: ClosedPartition,
): Promise<readonly string[]> {
  const behind = await readBehind(db, partition);
  return behind.length > 0 ? behind : readUnhandling(db, partition);
}

/** Paused ones included: they will go on. */
async function readBehind(db: Pool | PoolClient, { upTo }: ClosedPartition): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>(
    `SELECT 'sink streams' AS name FROM sink WHERE name = 'streams' AND position < $1
     UNION ALL
     SELECT 'consumer ' || name FROM consumer_reach WHERE position < $1
      ORDER BY name`,
    [upTo],
  );
  return rows.map(({ name }) => name);
}

/**
 * Should Redis lose its jobs, they are made again from the outbox: so an event is needed until each queue consumer has
 * handled it, or keeps a copy as a dead letter. Uses the primary key of inbox, and dead_letter's unique one.
 */
async function readUnhandling(
  db: Pool | PoolClient,
  { name, upTo }: ClosedPartition,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>(
    `SELECT 'consumer ' || consumer.name AS name
       FROM consumer
      WHERE kind = 'QUEUE' AND start_position < $1
        AND EXISTS (
          SELECT FROM ${name} AS event
           WHERE event.position > start_position AND event.topic = ANY(topics)
             AND event.position > consumer_type_start(consumer, event.type)
             AND NOT EXISTS (SELECT FROM inbox WHERE inbox.consumer = consumer.name AND event_id = event.id)
             AND NOT EXISTS (SELECT FROM dead_letter WHERE dead_letter.consumer = consumer.name AND event_id = event.id))
      ORDER BY name`,
    [upTo],
  );
  return rows.map(({ name }) => name);
}

const lockNotAvailable = '55P03';

/**
 * Drops the partition and raises the log's floor, in one transaction. 'busy' when somebody reads the outbox at the
 * moment, or needs the partition after all: nothing has changed then. A mutation waits for 50 ms and the drop itself
 * at most; a consumer that is new, for as long as it takes to look who needs the partition.
 */
export async function dropPartition(pool: Pool, partition: ClosedPartition): Promise<'dropped' | 'busy'> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query("SET LOCAL lock_timeout = '50ms'");
    // a consumer that registers from here on sees the new floor; one that came before is among the holders, though all
    // may be enqueued for it by now. Looking may take long: no table is locked yet
    await client.query('UPDATE log SET floor = greatest(floor, $1)', [partition.upTo]);
    const needed = (await readHolders(client, partition)).length > 0;
    const dropped = !needed && (await removeRows(client, partition));
    await client.query(dropped ? 'COMMIT' : 'ROLLBACK');
    return dropped ? 'dropped' : 'busy';
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    if ((error as { code?: string }).code === lockNotAvailable) return 'busy';
    throw error;
  } finally {
    client.release();
  }
}

/** False when the default partition took more rows since it was closed. */
async function removeRows(client: PoolClient, { name, upTo }: ClosedPartition): Promise<boolean> {
  // mutations ask for neither of these: who reads old history is waited for first, so that the last wait is short
  await client.query(`LOCK TABLE ONLY ${name} IN ACCESS EXCLUSIVE MODE`);
  await client.query(`LOCK TABLE ONLY ${defaultPartition} IN ACCESS EXCLUSIVE MODE`);
  await client.query('DELETE FROM outbox_closed WHERE partition = $1', [name]);
  if (name === defaultPartition) {
    const { rows } = await client.query(`SELECT FROM ${name} WHERE position > $1 LIMIT 1`, [upTo]);
    if (rows.length > 0) return false;
    await client.query(`TRUNCATE ONLY ${name}`);
    return true;
  }
  await client.query('LOCK TABLE ONLY outbox IN ACCESS EXCLUSIVE MODE');
  await client.query(`DROP TABLE ${name}`);
  return true;
}
