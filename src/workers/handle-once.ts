import type { Cause } from '../events/envelope.ts';
import type { Outbox, Tx } from '../outbox/transaction.ts';

/** An event that a consumer is about to handle. */
export interface Delivery {
  readonly consumer: string;
  readonly eventId: string;
  readonly position: number;
  /** 1 for the first try */
  readonly attempt: number;
}

/**
 * Runs `work` in the transaction that notes the event as handled by this consumer, so that its effects happen exactly
 * once however often the event is delivered; its dead letter, if it has one, goes in the same transaction. False when
 * it had been handled before: then nothing runs.
 */
export async function handleOnce(
  outbox: Outbox,
  { consumer, eventId, position, attempt }: Delivery,
  cause: Cause,
  work: (tx: Tx) => Promise<void>,
): Promise<boolean> {
  return outbox.transaction(cause, async (tx) => {
    // a second delivery at the same time waits here for the first one's end
    const inserted = await tx.$executeRaw`
      WITH redriven AS (DELETE FROM dead_letter WHERE consumer = ${consumer} AND event_id = ${eventId}::uuid)
      INSERT INTO inbox (consumer, event_id, position, attempts) VALUES (${consumer}, ${eventId}::uuid, ${position}, ${attempt})
      ON CONFLICT DO NOTHING`;
    if (inserted === 0) return false;
    await work(tx);
    return true;
  });
}
