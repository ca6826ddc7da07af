import type { Pool } from 'pg';
import type { Tx } from '../outbox/transaction.ts';

export interface Checkpoint {
  readonly position: number;
  readonly paused: boolean;
}

export async function readCheckpoint(pool: Pool, processor: string, slot: number): Promise<Checkpoint> {
  const { rows } = await pool.query<Checkpoint>(
    `SELECT position, paused FROM processor_checkpoint JOIN consumer ON consumer.name = processor
      WHERE processor = $1 AND slot = $2`,
    [processor, slot],
  );
  if (!rows[0]) throw new Error(`processor ${processor} has no checkpoint for slot ${slot}`);
  return rows[0];
}

export interface CheckpointMove {
  readonly processor: string;
  readonly slot: number;
  /** Both, or neither when only events are counted */
  readonly from?: number;
  readonly to?: number;
  readonly handled: number;
}

/** Throws when the checkpoint is not at `from`: another reader of the slot was there first. */
export async function moveCheckpoint(tx: Tx, move: CheckpointMove): Promise<void> {
  const { processor, slot, from = null, to = null, handled } = move;
  const moved = await tx.$executeRaw`
    UPDATE processor_checkpoint
       SET position = coalesce(${to}::bigint, position), handled = handled + ${handled}::int, updated_at = now()
     WHERE processor = ${processor} AND slot = ${slot} AND position = coalesce(${from}::bigint, position)`;
  if (moved !== 1) throw new Error(`slot ${slot} of ${processor} has moved on under another reader`);
}
