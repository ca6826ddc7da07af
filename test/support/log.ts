/** What the log must hold, as the outbox tells it: what clients received is compared with this. */
import type { Database } from '../../src/platform/postgres.ts';

export interface LoggedEvent {
  readonly id: string;
  readonly position: number;
  readonly type: string;
  readonly aggregateId: string;
  readonly correlationId: string;
  readonly keys: readonly string[];
}

/** Every committed event in position order. */
export async function readLog({ pool }: Database): Promise<readonly LoggedEvent[]> {
  const { rows } = await pool.query<LoggedEvent>(
    `SELECT id, position, type, aggregate_id AS "aggregateId", correlation_id AS "correlationId", keys
       FROM outbox ORDER BY position`,
  );
  return rows;
}

export const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);
