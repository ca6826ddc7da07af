/** Keeping what a consumer could not handle, and letting it go when it could. */
import { randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import type { LogEvent } from '../events/envelope.ts';
import type { Tx } from '../outbox/transaction.ts';
import { StaleReadError } from './checkpoint.ts';
import { keyFor, type Receiver } from './receiver.ts';

export interface Failure {
  readonly consumer: Receiver;
  readonly event: LogEvent;
  readonly error: string;
  readonly attempts: number;
  /** This is what came of somebody's asking for it again. Default true */
  readonly redriven?: boolean;
}

const maxErrorLength = 10_000;

/**
 * Writes the dead letter with its own copy of the event; one that is there already (the event was redriven and failed
 * again) is brought up to date, and its redrive is over. A second delivery that fails late leaves it as it is. Nothing is
 * written when the event was handled meanwhile.
 */
export async function writeDeadLetter(
  db: Pool | Tx,
  { consumer, event, error, attempts, redriven = true }: Failure,
): Promise<void> {
  const values = [
    ...copyOf(consumer.name, event),
    error.slice(0, maxErrorLength),
    attempts,
    keyFor(consumer, event) ?? null,
    redriven,
  ];
  if ('$executeRawUnsafe' in db) await db.$executeRawUnsafe(upsert, ...values);
  else await db.query(upsert, values);
}

const copyOf = (consumer: string, { position, ...envelope }: LogEvent) => [
  randomUUIDv7(),
  consumer,
  envelope.id,
  position,
  envelope.correlationId,
  JSON.stringify(envelope),
];

const upsert = `
  INSERT INTO dead_letter (id, consumer, event_id, position, correlation_id, event, error, attempts, ordering_key)
  SELECT $1::uuid, $2, $3::uuid, $4::bigint, $5, $6::jsonb, $7, $8::int, $9
   WHERE NOT EXISTS (SELECT FROM inbox WHERE consumer = $2 AND event_id = $3::uuid)
  ON CONFLICT (consumer, event_id) DO UPDATE
     SET error = excluded.error, attempts = dead_letter.attempts + excluded.attempts, failed_at = now(),
         redrive_requested_at = NULL, waits = false
   WHERE dead_letter.redrive_requested_at IS NOT NULL AND $10::boolean`;

/**
 * Makes a dead letter of an event that has to wait for one before it, of the same key. Gives whether there is one: it is
 * locked, so that whoever lets it go meanwhile waits, and then sees what waits for it.
 */
export async function waitBehind(tx: Tx, consumer: string, event: LogEvent, key: string): Promise<boolean> {
  const count = await tx.$executeRawUnsafe(
    `INSERT INTO dead_letter (id, consumer, event_id, position, correlation_id, event, error, attempts, ordering_key, waits)
     SELECT $1::uuid, $2, $3::uuid, $4::bigint, $5, $6::jsonb,
            'WAITS: dead letter ' || earlier.id || ' stands before it, with the same key ' || $7, 0, $7, true
       FROM (SELECT id FROM dead_letter
              WHERE id = coalesce(
                (SELECT id FROM dead_letter WHERE consumer = $2 AND ordering_key = $7 AND position < $4::bigint
                    AND NOT waits ORDER BY position LIMIT 1),
                (SELECT id FROM dead_letter WHERE consumer = $2 AND ordering_key = $7 AND position < $4::bigint
                  ORDER BY position LIMIT 1))
                FOR KEY SHARE) AS earlier
     ON CONFLICT (consumer, event_id) DO UPDATE SET redrive_requested_at = NULL`,
    ...copyOf(consumer, event),
    key,
  );
  return count > 0;
}

/** Lets the dead letter go, in the transaction that handles its event. */
export async function removeDeadLetter(tx: Tx, consumer: string, eventId: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM dead_letter WHERE consumer = ${consumer} AND event_id = ${eventId}::uuid`;
}

/** Keeps others from letting it go until the transaction ends. Throws StaleReadError when it is gone already. */
export async function lockDeadLetter(tx: Tx, consumer: string, eventId: string): Promise<void> {
  const locked = await tx.$queryRaw<unknown[]>`
    SELECT id FROM dead_letter WHERE consumer = ${consumer} AND event_id = ${eventId}::uuid FOR UPDATE`;
  if (locked.length === 0)
    throw new StaleReadError(`the dead letter of event ${eventId} was dealt with by another`);
}
