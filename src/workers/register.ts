import type { Pool } from 'pg';
import type { Logger } from '../platform/logger.ts';
import { lanesOf, type Reaction } from './reaction.ts';

/**
 * Makes the consumer known, so that the relay enqueues for it and retention waits for it. A new one starts where it
 * declares. One that is known keeps its place and takes over its current event types: a type that it did not have
 * before counts from that place on, so that older events of it are neither handled nor kept for it. So does one that
 * it had once and gets again.
 */
export async function registerConsumer(pool: Pool, reaction: Reaction, logger: Logger): Promise<void> {
  const types = reaction.events.map((definition) => definition.type);
  const topics = [...new Set(reaction.events.map((definition) => definition.topic))];
  const kind = reaction.kind === 'queue' ? 'QUEUE' : 'PROCESSOR';
  const start = await insertConsumer(pool, reaction, kind, types, topics);
  if (start !== undefined) logger.info({ consumer: reaction.name, start }, 'consumer.registered');
  else await updateConsumer(pool, reaction, kind, types, topics);
  if (reaction.kind === 'processor') {
    await pool.query(
      `INSERT INTO processor_checkpoint (processor, slot, position)
       SELECT $1, slot, start_position FROM consumer, generate_series(0, $2 - 1) AS slot
        WHERE name = $1
          -- a row that a hanging worker has changed would be waited for
          AND NOT EXISTS (SELECT FROM processor_checkpoint AS known WHERE known.processor = $1 AND known.slot = slot)
           ON CONFLICT DO NOTHING`,
      [reaction.name, reaction.slots ?? 1],
    );
  }
}

/** Gives where the new consumer starts; undefined when it is known, or starts where the log no longer reaches. */
async function insertConsumer(
  pool: Pool,
  reaction: Reaction,
  kind: string,
  types: string[],
  topics: string[],
): Promise<number | undefined> {
  const { startFrom = 'earliest' } = reaction;
  const { rows } = await pool.query<{ start: number }>(
    // retention raises the floor before it asks who is behind: the lock makes one of the two see the other. Who is
    // known needs no lock, and does not wait for retention
    `WITH log AS (SELECT floor FROM log WHERE NOT EXISTS (SELECT FROM consumer WHERE name = $1) FOR SHARE)
     INSERT INTO consumer (name, kind, types, topics, start_position, enqueued_position, ordered_by, lanes)
     SELECT $1, $2::consumer_kind, $3, $4, greatest(floor, $5), greatest(floor, $5), $7, $8
       FROM log WHERE floor <= $5 OR $6
         ON CONFLICT (name) DO NOTHING RETURNING start_position AS start`,
    [
      reaction.name,
      kind,
      types,
      topics,
      await startPosition(pool, startFrom),
      startFrom === 'earliest',
      orderedByOf(reaction),
      lanesOf(reaction),
    ],
  );
  return rows[0]?.start;
}

async function updateConsumer(
  pool: Pool,
  reaction: Reaction,
  kind: string,
  types: string[],
  topics: string[],
): Promise<void> {
  const { name } = reaction;
  const { rows } = await pool.query<{ kind: string; orderedBy: string | null; lanes: number }>(
    'SELECT kind, ordered_by AS "orderedBy", lanes FROM consumer WHERE name = $1',
    [name],
  );
  const [known] = rows;
  if (!known) {
    throw new Error(`consumer "${name}" starts before what the outbox still holds: start it from 'earliest'`);
  }
  if (known.kind !== kind) {
    throw new Error(`consumer "${name}" is registered as ${known.kind}: give the new ${kind} another name`);
  }
  if (known.orderedBy !== orderedByOf(reaction) || known.lanes !== lanesOf(reaction)) {
    // what is in the lanes already would be overtaken by what goes to others
    throw new Error(
      `consumer "${name}" keeps its order by ${known.orderedBy ?? 'nothing'} in ${known.lanes} lanes for its life: ` +
        'give the changed one another name',
    );
  }
  // who hangs with the row changed is waited for only when there is something to change. A batch that the relay is
  // enqueueing by the old types does not count for what is registered now: it begins anew from the same place
  await pool.query(
    `UPDATE consumer
        SET types = $2, topics = $3, registered_at = now(), type_starts = ARRAY(
              SELECT coalesce(consumer_type_start(consumer, type),
                       CASE kind WHEN 'QUEUE' THEN enqueued_position
                         ELSE (SELECT position FROM consumer_reach WHERE consumer_reach.name = $1) END)
                FROM unnest($2::text[]) WITH ORDINALITY AS declared (type, place) ORDER BY place)
      WHERE name = $1 AND (types, topics) IS DISTINCT FROM ($2, $3)`,
    [name, types, topics],
  );
}

const orderedByOf = (reaction: Reaction) =>
  reaction.kind === 'queue' ? (reaction.ordered?.by ?? null) : null;

/** `latest` is the newest position given out: what commits late below it was begun before the consumer came. */
async function startPosition(pool: Pool, from: NonNullable<Reaction['startFrom']>): Promise<number> {
  if (from === 'earliest') return 0;
  if (from !== 'latest') return from;
  const { rows } = await pool.query<{ horizon: number }>('SELECT horizon FROM outbox_horizon()');
  return rows[0]!.horizon;
}
