import type { Pool } from 'pg';
import type { Tx } from '../outbox/transaction.ts';

export interface Checkpoint {
  readonly position: number;
  readonly paused: boolean;
  /** The last position that it takes: a real one while it drains, else beyond all */
  readonly drainPosition: number;
  /** Whether somebody asked to have dead letters of the processor handled again */
  readonly redrives: boolean;
}

export async function readCheckpoint(pool: Pool, processor: string, slot: number): Promise<Checkpoint> {
  const { rows } = await pool.query<Checkpoint>(
    `SELECT position, paused, coalesce(drain_position, ${Number.MAX_SAFE_INTEGER}) AS "drainPosition",
            EXISTS (SELECT FROM dead_letter WHERE consumer = processor AND redrive_requested_at IS NOT NULL) AS redrives
       FROM processor_checkpoint JOIN consumer ON consumer.name = processor
      WHERE processor = $1 AND slot = $2`,
    [processor, slot],
  );
  if (!rows[0]) throw new Error(`processor ${processor} has no checkpoint for slot ${slot}`);
  return rows[0];
}

/** How far a slot has come with what is handled in this transaction. */
export interface CheckpointMove {
  readonly from: number;
  /** Everything up to here is handled, or is not for the slot */
  readonly to: number;
  /** Of the log that was read */
  readonly epoch: string;
  /** What is handled, or parked; empty when all were others' */
  readonly events: readonly { readonly position: number; readonly id: string }[];
  readonly handled: number;
}

/**
 * What was read is not what this Postgres holds after the checkpoint: another reader of the slot was there first, or
 * Postgres came back older than the log and the relay has not told yet.
 */
export class StaleReadError extends Error {
  override readonly name = 'StaleReadError';
}

/**
 * Throws StaleReadError unless the checkpoint is at `from` and every event stands in the outbox. Beyond the last of them the checkpoint moves only as far as this Postgres knows the log to be published.
 */
export async function moveCheckpoint(
  tx: Tx,
  processor: string,
  slot: number,
  { from, to, epoch, events, handled }: CheckpointMove,
): Promise<void> {
  const positions = events.map(({ position }) => position);
  const ids = events.map(({ id }) => id);
  const moved = await tx.$executeRaw`
    UPDATE processor_checkpoint
       SET position = greatest(${from}::bigint, ${positions.at(-1) ?? null}::bigint, least(${to}::bigint, sink.position)),
           handled = handled + ${handled}::int, updated_at = now()
      FROM sink, log
     WHERE processor = ${processor} AND slot = ${slot} AND processor_checkpoint.position = ${from}::bigint
       AND sink.name = 'streams' AND log.epoch = ${epoch}
       AND NOT EXISTS (
         SELECT FROM unnest(${positions}::bigint[], ${ids}::uuid[]) AS event (position, id)
          WHERE NOT EXISTS (SELECT FROM outbox WHERE outbox.position = event.position AND outbox.id = event.id))`;
  if (moved !== 1) throw new StaleReadError(`what slot ${slot} of ${processor} has read is out of date`);
}

/** Counts an event that was handled behind the checkpoint. */
export async function countHandled(tx: Tx, processor: string, slot: number): Promise<void> {
  await tx.$executeRaw`
    UPDATE processor_checkpoint SET handled = handled + 1, updated_at = now()
     WHERE processor = ${processor} AND slot = ${slot}`;
}
