/** Sagas as operators look at them: those that are not over, and one with all that is known of it. */
import type { Pool } from 'pg';

export interface OpenSaga {
  readonly saga: string;
  readonly id: string;
  readonly status: 'RUNNING' | 'COMPENSATING' | 'FAILED';
  /** To be done or undone next; of a failed one, what could not be undone */
  readonly step: string;
  readonly startedAt: Date;
  /** When its last step was done or undone */
  readonly updatedAt: Date;
  readonly deadline: Date | null;
  readonly reason: string | null;
  /** What it stands still for: the id of the dead letter of its step */
  readonly deadLetter: string | null;
}

export interface SagaDetails extends Omit<OpenSaga, 'status' | 'step'> {
  readonly status: OpenSaga['status'] | 'COMPLETED' | 'COMPENSATED';
  readonly step: string | null;
  /** The steps that are done and not undone */
  readonly done: readonly string[];
  readonly version: number;
  readonly data: unknown;
  /** Of the request that started it: what `eventFlow` takes. Null when the log no longer reaches so far */
  readonly correlationId: string | null;
}

// uses the index on dead_letter (consumer, event_id), of which there are few
const columns = `
  saga, id, status, step, started_at AS "startedAt", updated_at AS "updatedAt", deadline, reason,
  (SELECT letter.id FROM dead_letter AS letter
    WHERE letter.consumer = saga || '-saga' AND letter.event->>'aggregateId' = saga.id
      AND (letter.event->>'aggregateVersion')::int = saga.version) AS "deadLetter"`;

/** The sagas that are not over, the oldest first. Uses saga_open_idx. */
export async function readOpenSagas(pool: Pool, limit: number): Promise<readonly OpenSaga[]> {
  const { rows } = await pool.query<OpenSaga>(
    `SELECT ${columns} FROM saga
      WHERE status <> 'COMPLETED' AND status <> 'COMPENSATED'
      ORDER BY started_at, saga, id LIMIT $1`,
    [limit],
  );
  return rows;
}

/** Every saga with this id: one, unless several names share it. Uses the primary key. */
export async function readSagas(pool: Pool, id: string): Promise<readonly SagaDetails[]> {
  const { rows } = await pool.query<SagaDetails>(
    `SELECT ${columns}, done, version, data,
            (SELECT correlation_id FROM outbox
              WHERE aggregate_type = saga || '-saga' AND aggregate_id = saga.id
              ORDER BY outbox.position DESC LIMIT 1) AS "correlationId"
       FROM saga WHERE id = $1
      ORDER BY saga`,
    [id],
  );
  return rows;
}
