/**
 * The first part of a rebuild from the history: what the log may no longer hold. One aggregate comes after the other, each
 * in the order of its versions, up to the cut; every event above it comes from the log, where retention waits for it.
 */
import type { Pool } from 'pg';
import { keysOf } from '../../events/define-event.ts';
import type { LogEvent } from '../../events/envelope.ts';
import { readNewest } from '../read-newest.ts';
import { callHandler } from './call-handler.ts';
import { leaveOutDead } from './dead-letters.ts';
import { type HistoryPlace, moveHistoryPlace, readHistoryPlace } from './history-place.ts';
import type { Rebuild } from './rebuild.ts';
import { enter } from './redirect.ts';
import type { ProjectionReaction } from './refuse.ts';

const batchSize = 500;

/** Settled when every event up to the cut is handled; a run that was ended goes on from its last batch. */
export async function handleHistory(rebuild: Rebuild): Promise<void> {
  const { reaction, places, prisma, pool, progress, signal } = rebuild;
  const types = [...new Set(reaction.events.map(({ aggregateType }) => aggregateType))].sort();
  let place = await readHistoryPlace(pool, places.copies);
  while (place && !place.done) {
    signal.throwIfAborted();
    const { rows, next } = await readPage(pool, types, place);
    const events = rows.filter(({ later }) => !later).flatMap((row) => toEvent(reaction, row));
    const handled = await prisma.$transaction(async (tx) => {
      await enter(tx, places);
      const left = await leaveOutDead(tx, rebuild, events);
      const alive = events.filter(({ id }) => !left.has(id));
      if (alive.length > 0) await callHandler(rebuild, tx, alive);
      await moveHistoryPlace(tx, places.copies, next);
      return alive.length;
    });
    progress.handled(0, place.cut, handled);
    place = next;
  }
}

interface Row extends Omit<LogEvent, 'position' | 'topic' | 'depth' | 'keys'> {
  /** It stands above the cut in the log, or is parked and will: it is handled there */
  readonly later: boolean;
}

interface Page {
  readonly rows: readonly Row[];
  /** Where the history goes on after them */
  readonly next: HistoryPlace;
}

/**
 * The next rows after the place, of one type. Uses the primary key, and outbox_id. A page that is not full ends its type:
 * what is committed after it was read stands above the cut, so that writers never keep a rebuild in the history.
 */
async function readPage(pool: Pool, types: readonly string[], place: HistoryPlace): Promise<Page> {
  const [type, following] = types.filter((each) => each >= place.aggregateType);
  if (type === undefined) return { rows: [], next: { ...place, done: true } };
  const begun = type === place.aggregateType;
  const { rows } = await pool.query<Row>(
    `SELECT event_id AS id, type, schema_version AS "schemaVersion", aggregate_type AS "aggregateType",
            aggregate_id AS "aggregateId", version AS "aggregateVersion",
            to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "occurredAt",
            correlation_id AS "correlationId", causation_id AS "causationId", actor, payload,
            EXISTS (SELECT FROM outbox WHERE id = event_id AND position > $4)
              OR EXISTS (SELECT FROM outbox_parked WHERE id = event_id) AS later
       FROM (SELECT * FROM history
              WHERE aggregate_type = $1 AND (aggregate_id, version) > ($2, $3)
              ORDER BY aggregate_id, version
              LIMIT $5) AS page
      ORDER BY aggregate_id, version`,
    [type, begun ? place.aggregateId : '', begun ? place.version : 0, place.cut, batchSize],
  );
  const last = rows.at(-1);
  if (last && rows.length === batchSize) {
    const { aggregateType, aggregateId, aggregateVersion: version } = last;
    return { rows, next: { ...place, aggregateType, aggregateId, version } };
  }
  if (following === undefined) return { rows, next: { ...place, done: true } };
  return { rows, next: { ...place, aggregateType: following, aggregateId: '', version: 0 } };
}

/** As the log had it, but for its position, which is 0, and how it was caused; none when the processor takes no such event. */
function toEvent({ events }: ProjectionReaction, { later: _, ...row }: Row): readonly LogEvent[] {
  const definition = events.find(({ type }) => type === row.type);
  if (!definition) return [];
  const event: LogEvent = { ...row, topic: definition.topic, position: 0, depth: 0, keys: [] };
  return [{ ...event, keys: keysOf(definition, readNewest(events, event).payload) }];
}
