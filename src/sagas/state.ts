/** How far a saga has come, as it is stored: one row, which every change of it locks. */
import type { SagaStatus } from '../generated/prisma/enums.ts';
import type { Tx } from '../outbox/transaction.ts';

export interface SagaState {
  readonly id: string;
  readonly status: SagaStatus;
  /**
   * The name of the step to be done next, or to be undone next; of a failed saga the one that could not be undone. Null
   * once it is completed or compensated
   */
  readonly step: string | null;
  /** The names of the steps that are done and not undone, in the order in which they were done */
  readonly done: readonly string[];
  /** Counts the changes of the state from 1 */
  readonly version: number;
  readonly data: unknown;
  readonly reason: string | null;
  readonly deadline: Date | null;
}

/** The saga's state, locked until the transaction ends. */
export async function lockState(tx: Tx, saga: string, id: string): Promise<SagaState | undefined> {
  const rows = await tx.$queryRaw<SagaState[]>`
    SELECT id, status, step, done, version, data, reason, deadline FROM saga
     WHERE saga = ${saga} AND id = ${id} FOR UPDATE`;
  return rows[0];
}

/**
 * Writes the state in place of the version before it; version 1 is a saga that begins. Gives false, with nothing
 * written, when something else is there.
 */
export async function writeState(tx: Tx, saga: string, state: SagaState, now: Date): Promise<boolean> {
  const { id, status, step, done, version, data, reason, deadline } = state;
  const written = await tx.$executeRaw`
    INSERT INTO saga (saga, id, status, step, done, version, data, reason, deadline, started_at, updated_at)
    VALUES (${saga}, ${id}, ${status}::saga_status, ${step}::text, ${[...done]}::text[], ${version}::int,
            ${JSON.stringify(data)}::jsonb, ${reason}::text, ${deadline}::timestamptz, ${now}::timestamptz,
            ${now}::timestamptz)
    ON CONFLICT (saga, id) DO UPDATE
       SET status = excluded.status, step = excluded.step, done = excluded.done, version = excluded.version,
           data = excluded.data, reason = excluded.reason, deadline = excluded.deadline,
           updated_at = excluded.updated_at
     WHERE saga.version = excluded.version - 1`;
  return written === 1;
}
