/** The inbox: what makes the effects of an event happen exactly once, however often it is delivered. */
import type { Tx } from '../outbox/transaction.ts';
import { waitBehind } from './dead-letters.ts';
import type { Delivery, Outcome } from './delivery.ts';
import { WaitError } from './errors.ts';
import { keyFor, type Receiver } from './receiver.ts';

/**
 * Notes the events as handled by this consumer, in the transaction that is to handle those that the result calls
 * `handled`; their dead letters, if they have any, go in the same transaction. Of the others nothing may be done. A second
 * delivery at the same time waits here for the first one's end.
 */
export async function noteHandled(
  tx: Tx,
  consumer: Receiver,
  deliveries: readonly Delivery[],
): Promise<ReadonlyMap<string, Outcome>> {
  const [only, ...more] = deliveries;
  if (only && more.length === 0 && (await insertOne(tx, consumer, only))) {
    return new Map([[only.event.id, 'handled']]);
  }
  const fresh = await insertInbox(tx, consumer, deliveries);
  const outcomes = new Map<string, Outcome>([...fresh].map((id) => [id, 'handled']));
  const others = deliveries.filter(({ event }) => !fresh.has(event.id));
  if (others.length === 0) return outcomes;
  const known = await lookUp(
    tx,
    consumer.name,
    others.map(({ event }) => event.id),
  );
  for (const { event } of others) {
    const { isSettled, isParked, isInLog } = known.get(event.id)!;
    const key = keyFor(consumer, event);
    if (isSettled) outcomes.set(event.id, 'skipped');
    else if (key !== undefined && (await waitBehind(tx, consumer.name, event, key)))
      outcomes.set(event.id, 'waits');
    else if (key !== undefined && isInLog) throw new WaitError('what stood before it has just gone', 1);
    else outcomes.set(event.id, isParked || isInLog ? 'parked' : 'unknown'); // in the log: published again just now
  }
  return outcomes;
}

/** The ordinary case at a third of the cost: one event, where it was read, of a consumer that has no dead letters. */
async function insertOne(tx: Tx, { name }: Receiver, { event, attempt }: Delivery): Promise<boolean> {
  const { id, position } = event;
  const inserted = await tx.$executeRaw`
    INSERT INTO inbox (consumer, event_id, position, attempts)
    SELECT ${name}, ${id}::uuid, ${position}::bigint, ${attempt}::int
     WHERE EXISTS (SELECT FROM outbox WHERE position = ${position}::bigint AND id = ${id}::uuid)
       AND NOT EXISTS (SELECT FROM dead_letter WHERE consumer = ${name})
    ON CONFLICT DO NOTHING`;
  return inserted === 1;
}

/**
 * Gives the ids of those that are to be handled: in the log, not handled and not given up yet, and with no dead letter of
 * their key before them.
 */
async function insertInbox(
  tx: Tx,
  consumer: Receiver,
  deliveries: readonly Delivery[],
): Promise<ReadonlySet<string>> {
  const { name } = consumer;
  const ids = deliveries.map(({ event }) => event.id);
  const positions = deliveries.map(({ event }) => event.position);
  const attempts = deliveries.map(({ attempt }) => attempt);
  const keys = deliveries.map(({ event }) => keyFor(consumer, event) ?? '');
  const rows = await tx.$queryRaw<{ id: string }[]>`
    WITH given AS (
      SELECT id, position, attempts, nullif(key, '') AS key
        FROM unnest(${ids}::uuid[], ${positions}::bigint[], ${attempts}::int[], ${keys}::text[])
          AS given (id, position, attempts, key)),
    free AS (
      SELECT * FROM given
       WHERE NOT EXISTS (SELECT FROM dead_letter AS own
                          WHERE own.consumer = ${name} AND own.event_id = given.id AND own.redrive_requested_at IS NULL)
         AND NOT EXISTS (SELECT FROM dead_letter AS earlier
                          WHERE earlier.consumer = ${name} AND earlier.ordering_key = given.key
                            AND earlier.position < given.position 
                            AND (earlier.redrive_requested_at IS NULL OR earlier.event_id <> ALL (${ids}::uuid[])))),
    redriven AS (
      DELETE FROM dead_letter USING free WHERE consumer = ${name} AND event_id = free.id RETURNING event_id)
    INSERT INTO inbox (consumer, event_id, position, attempts)
    SELECT ${name}, id, position, attempts
      FROM free
     WHERE EXISTS (SELECT FROM outbox WHERE outbox.position = free.position AND outbox.id = free.id)
        OR EXISTS (SELECT FROM redriven WHERE event_id = free.id) -- it holds its own copy
        OR EXISTS (SELECT FROM outbox WHERE outbox.id = free.id) -- published again elsewhere
     ORDER BY id -- two batches with the same events wait for each other in one order
    ON CONFLICT DO NOTHING
    RETURNING event_id AS id`;
  return new Set(rows.map(({ id }) => id));
}

interface Known {
  readonly isSettled: boolean; // handled, or a dead letter that nobody has redriven
  readonly isParked: boolean;
  readonly isInLog: boolean;
}

async function lookUp(tx: Tx, consumer: string, ids: readonly string[]): Promise<ReadonlyMap<string, Known>> {
  const rows = await tx.$queryRaw<(Known & { id: string })[]>`
    SELECT id,
           EXISTS (SELECT FROM inbox WHERE consumer = ${consumer} AND event_id = given.id)
             OR EXISTS (SELECT FROM dead_letter
                         WHERE consumer = ${consumer} AND event_id = given.id AND redrive_requested_at IS NULL)
             AS "isSettled",
           EXISTS (SELECT FROM outbox_parked WHERE outbox_parked.id = given.id) AS "isParked",
           EXISTS (SELECT FROM outbox WHERE outbox.id = given.id) AS "isInLog"
      FROM unnest(${[...ids]}::uuid[]) AS given (id)`;
  return new Map(rows.map(({ id, ...known }) => [id, known]));
}
