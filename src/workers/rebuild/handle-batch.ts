import type { Tx } from '../../outbox/transaction.ts';
import { moveCheckpoint } from '../checkpoint.ts';
import type { Batch } from '../handle-batch.ts';
import { callHandler } from './call-handler.ts';
import { leaveOutDead } from './dead-letters.ts';
import type { Rebuild } from './rebuild.ts';
import { enter } from './redirect.ts';

/** A batch that is handled, and where the slot is then. */
export interface Handled {
  readonly position: number;
  readonly events: number;
}

/**
 * Handles the batch in this transaction as the live slot did, on the copies: what is a dead letter, or was discarded, is
 * left out, and what the handler records is not written again. Throws what the handler throws.
 */
export async function handleBatch(rebuild: Rebuild, tx: Tx, slot: number, batch: Batch): Promise<Handled> {
  const { places, consumer } = rebuild;
  await enter(tx, places);
  const left = await leaveOutDead(tx, rebuild, batch.events);
  const events = batch.events.filter(({ id }) => !left.has(id));
  await moveCheckpoint(tx, consumer, slot, { ...batch, handled: events.length });
  if (events.length > 0) await callHandler(rebuild, tx, events);
  const [moved] = await tx.$queryRaw<{ position: number }[]>`
    SELECT position::float8 AS position FROM processor_checkpoint WHERE processor = ${consumer} AND slot = ${slot}`;
  return { position: moved!.position, events: events.length };
}
