import type { Pool } from 'pg';
import type { LogEvent } from '../events/envelope.ts';
import { stackOf } from '../platform/failures/text.ts';
import { StaleReadError } from './checkpoint.ts';
import { writeDeadLetter } from './dead-letters.ts';
import { WaitError } from './errors.ts';
import { tellDeadLetter } from './failure.ts';
import { handleParked } from './handle-batch.ts';
import { fallsTo, type ProcessorSlot } from './processor-slot.ts';

/** Handles the slot's dead letters that somebody asked to have handled again, each on its own, oldest first. */
export async function redriveParked(slot: ProcessorSlot, signal: AbortSignal): Promise<void> {
  const { reaction, options } = slot;
  const { pool, logger, metrics } = options;
  const { name: consumer } = reaction;
  for (const event of await readRedriven(pool, consumer)) {
    if (!fallsTo(slot, event)) continue;
    try {
      await handleParked(slot, event, signal);
    } catch (error) {
      if (signal.aborted || error instanceof WaitError || error instanceof StaleReadError) continue;
      const stored = stackOf(error);
      await writeDeadLetter(pool, { consumer: reaction, event, error: stored, attempts: 1 });
      metrics.failures.inc({ consumer });
      metrics.deadLetters.inc({ consumer });
      tellDeadLetter(logger, reaction, event, stored, { attempts: 1 });
    }
  }
}

async function readRedriven(pool: Pool, consumer: string): Promise<readonly LogEvent[]> {
  const { rows } = await pool.query<{ position: number; event: Omit<LogEvent, 'position'> }>(
    `SELECT position, event FROM dead_letter
      WHERE consumer = $1 AND redrive_requested_at IS NOT NULL ORDER BY dead_letter.position LIMIT 100`,
    [consumer],
  );
  return rows.map(({ position, event }) => ({ ...event, position }));
}
