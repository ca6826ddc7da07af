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
 * it had been handled before, and when this Postgres never held the event, because it came back older than the queues:
 * then nothing runs. Throws ParkedEventError while the event is parked.
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
      WITH redriven AS (
        DELETE FROM dead_letter WHERE consumer = ${consumer} AND event_id = ${eventId}::uuid RETURNING id)
      INSERT INTO inbox (consumer, event_id, position, attempts)
      SELECT ${consumer}, ${eventId}::uuid, ${position}::bigint, ${attempt}::int
       WHERE EXISTS (SELECT FROM outbox WHERE position = ${position}::bigint AND id = ${eventId}::uuid)
          OR EXISTS (SELECT FROM redriven) -- it holds its own copy
          OR EXISTS (SELECT FROM outbox WHERE id = ${eventId}::uuid) -- published again elsewhere
      ON CONFLICT DO NOTHING`;
    if (inserted === 0) {
      await refuseParked(tx, consumer, eventId);
      return false;
    }
    await work(tx);
    return true;
  });
}

/** The event was taken out of the log after its job was added: the job stays until the event is published again. */
export class ParkedEventError extends Error {
  override readonly name = 'ParkedEventError';
}

async function refuseParked(tx: Tx, consumer: string, eventId: string): Promise<void> {
  const [found] = await tx.$queryRaw<{ handled: boolean; held: boolean }[]>`
    SELECT EXISTS (SELECT FROM inbox WHERE consumer = ${consumer} AND event_id = ${eventId}::uuid) AS handled,
           EXISTS (SELECT FROM outbox_parked WHERE id = ${eventId}::uuid)
             OR EXISTS (SELECT FROM outbox WHERE id = ${eventId}::uuid) AS held`; // or just published again
  if (!found!.handled && found!.held) throw new ParkedEventError(`event ${eventId} is parked`);
}
