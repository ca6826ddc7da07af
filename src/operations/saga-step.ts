/** How the step that a saga stands before fares: what its job tells. */
import type { Pool } from 'pg';
import { rowToEvent } from '../log/reader.ts';
import { envelopeJson } from '../outbox/envelope-sql.ts';
import type { OutboxRow } from '../outbox/read-outbox.ts';
import type { Queues } from './queues.ts';
import type { SagaDetails } from './sagas.ts';

/** What the newest attempt at a step came to, as long as its job is there. */
export interface StepAttempt {
  readonly eventId: string;
  readonly type: string;
  readonly correlationId: string;
  /** That failed */
  readonly attempts: number;
  /** What the last of them failed with, with its stack */
  readonly error: string | null;
}

/** How the step that a saga stands before fares; null when it is over, or its event is no longer in the log. */
export async function readStepAttempt(
  pool: Pool,
  queues: Queues,
  { saga, id, version }: Pick<SagaDetails, 'saga' | 'id' | 'version'>,
): Promise<StepAttempt | null> {
  // uses the index on (aggregate_type, aggregate_id, …)
  const { rows } = await pool.query<OutboxRow>(
    `SELECT position, id, topic, type, ${envelopeJson} AS envelope FROM outbox
      WHERE aggregate_type = $1 AND aggregate_id = $2 AND aggregate_version = $3
      ORDER BY outbox.position DESC LIMIT 1`,
    [`${saga}-saga`, id, version],
  );
  if (!rows[0]) return null;
  const event = rowToEvent(rows[0]);
  const letter = await pool.query<{ redrives: number }>(
    'SELECT redrives FROM dead_letter WHERE consumer = $1 AND event_id = $2 AND redrive_requested_at IS NOT NULL',
    [`${saga}-saga`, event.id],
  );
  const job = await queues.job(
    { name: `${saga}-saga`, lanes: 0, orderedBy: null },
    event,
    letter.rows[0]?.redrives,
  );
  const { id: eventId, type, correlationId } = event;
  return { eventId, type, correlationId, attempts: job?.attempts ?? 0, error: job?.error ?? null };
}
