/** How far a saga has come, as it is stored: one row, which every change of it locks. */
import type { Prisma } from '../generated/prisma/client.ts';
import type { SagaStatus } from '../generated/prisma/enums.ts';
import type { Tx } from '../outbox/transaction.ts';

export interface SagaState {
  readonly id: string;
  readonly status: SagaStatus;
  /** To be done next, or to be undone next; counts from 0 */
  readonly step: number;
  /** Counts the changes of the state from 1 */
  readonly version: number;
  readonly data: unknown;
  readonly reason: string | null;
  readonly deadline: Date | null;
}

/** Gives false when there is one of this id. */
export async function insertState(tx: Tx, saga: string, state: SagaState, now: Date): Promise<boolean> {
  const { id, status, step, version, data, deadline } = state;
  const inserted = await tx.$executeRaw`
    INSERT INTO saga (saga, id, status, step, version, data, deadline, started_at, updated_at)
    VALUES (${saga}, ${id}, ${status}::saga_status, ${step}::int, ${version}::int, ${JSON.stringify(data)}::jsonb,
            ${deadline}::timestamptz, ${now}::timestamptz, ${now}::timestamptz)
    ON CONFLICT DO NOTHING`;
  return inserted === 1;
}

/** The saga's state, locked until the transaction ends. */
export async function lockState(tx: Tx, saga: string, id: string): Promise<SagaState | undefined> {
  const rows = await tx.$queryRaw<SagaState[]>`
    SELECT id, status, step, version, data, reason, deadline FROM saga WHERE saga = ${saga} AND id = ${id} FOR UPDATE`;
  return rows[0];
}

/** Writes what can change. The state must be locked. */
export async function updateState(tx: Tx, saga: string, state: SagaState, now: Date): Promise<void> {
  const { id, status, step, version, data, reason, deadline } = state;
  await tx.sagaState.update({
    where: { saga_id: { saga, id } },
    data: { status, step, version, data: data as Prisma.InputJsonValue, reason, deadline, updatedAt: now },
  });
}
