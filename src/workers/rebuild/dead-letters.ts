/**
 * A rebuild leaves out what the live processor has left out. A dead letter that is redriven meanwhile is handled behind
 * its place, as the live one was; the rebuild keeps copies of those that it has passed.
 */
import type { LogEvent } from '../../events/envelope.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { callHandler } from './call-handler.ts';
import type { Rebuild } from './rebuild.ts';
import { enter } from './redirect.ts';
import { deadLetters } from './shared-tables.ts';

/** The ids of the events that are dead letters, which are noted, or were discarded. */
export async function leaveOutDead(
  tx: Tx,
  { reaction, places }: Rebuild,
  events: readonly LogEvent[],
): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set();
  const rows = await tx.$queryRawUnsafe<{ id: string }[]>(
    `WITH noted AS (
       INSERT INTO ${deadLetters(places.copies)}
       SELECT * FROM ${deadLetters(places.platform)} WHERE consumer = $1 AND event_id = ANY ($2::uuid[])
       RETURNING event_id)
     SELECT event_id::text AS id FROM noted
      UNION ALL
     SELECT event_id::text FROM inbox WHERE consumer = $1 AND event_id = ANY ($2::uuid[]) AND NOT handled`,
    reaction.name,
    events.map(({ id }) => id),
  );
  return new Set(rows.map(({ id }) => id));
}

interface Letter {
  readonly position: number;
  readonly event: Omit<LogEvent, 'position'>;
  readonly discarded: boolean;
}

/** Handles the oldest event whose dead letter is gone since it was passed, unless it was discarded. False when there is none. */
export async function handleRedriven(rebuild: Rebuild, tx: Tx): Promise<boolean> {
  const { reaction, places } = rebuild;
  const own = deadLetters(places.copies);
  await enter(tx, places);
  const [letter] = await tx.$queryRawUnsafe<Letter[]>(
    `SELECT position::float8 AS position, event,
            EXISTS (SELECT FROM inbox WHERE consumer = own.consumer AND event_id = own.event_id AND NOT handled) AS discarded
       FROM ${own} AS own
      WHERE consumer = $1
        AND NOT EXISTS (SELECT FROM ${deadLetters(places.platform)} AS live
                         WHERE live.consumer = own.consumer AND live.event_id = own.event_id)
      ORDER BY own.position LIMIT 1`,
    reaction.name,
  );
  if (!letter) return false;
  const { position, discarded } = letter;
  const event = { ...letter.event, position };
  if (!discarded) {
    await tx.$executeRawUnsafe(
      `UPDATE ${own} SET redrive_requested_at = now() WHERE event_id = $1::uuid`,
      event.id,
    );
    await callHandler(rebuild, tx, [event]);
  }
  await tx.$executeRawUnsafe(`DELETE FROM ${own} WHERE event_id = $1::uuid`, event.id);
  return true;
}
