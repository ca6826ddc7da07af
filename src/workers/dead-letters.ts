/** Keeping what a consumer could not handle, and letting it go when it could. */
import { randomUUIDv7 } from 'node:crypto';
import type { Pool } from 'pg';
import type { LogEvent } from '../events/envelope.ts';
import type { Tx } from '../outbox/transaction.ts';

export interface Failure {
  readonly consumer: string;
  readonly event: LogEvent;
  readonly error: string;
  readonly attempts: number;
}

const maxErrorLength = 10_000;

/**
 * Writes the dead letter with its own copy of the event; one that is there already (the event was redriven and failed
 * again) is brought up to date, and its redrive is over. Nothing is written when the event was handled meanwhile.
 */
export async function writeDeadLetter(
  db: Pool | Tx,
  { consumer, event, error, attempts }: Failure,
): Promise<void> {
  const { position, ...envelope } = event;
  const values = [
    randomUUIDv7(),
    consumer,
    event.id,
    position,
    event.correlationId,
    JSON.stringify(envelope),
    error.slice(0, maxErrorLength),
    attempts,
  ];
  if ('$executeRawUnsafe' in db) await db.$executeRawUnsafe(upsert, ...values);
  else await db.query(upsert, values);
}

const upsert = `
  INSERT INTO dead_letter (id, consumer, event_id, position, correlation_id, event, error, attempts)
  SELECT $1::uuid, $2, $3::uuid, $4::bigint, $5, $6::jsonb, $7, $8::int
   WHERE NOT EXISTS (SELECT FROM inbox WHERE consumer = $2 AND event_id = $3::uuid)
  ON CONFLICT (consumer, event_id) DO UPDATE
     SET error = excluded.error, attempts = dead_letter.attempts + excluded.attempts, failed_at = now(),
         redrive_requested_at = NULL`;

/** Lets the dead letter go, in the transaction that handles its event. */
export async function removeDeadLetter(tx: Tx, consumer: string, eventId: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM dead_letter WHERE consumer = ${consumer} AND event_id = ${eventId}::uuid`;
}
