import { Prisma } from '../generated/prisma/client.ts';
import type { Aggregate, Loaded } from './aggregate.ts';
import type { Read } from './rows.ts';

/** Whether the state after this version is kept. */
export const isDue = <State>({ snapshots }: Pick<Aggregate<State>, 'snapshots'>, version: number): boolean =>
  snapshots !== undefined && version % snapshots.every === 0;

/** Writes snapshots while nobody waits for them. One that cannot be written now is written by whoever misses it sorely. */
export function keepSnapshots<State>(
  read: Read,
  aggregate: Pick<Aggregate<State>, 'type' | 'snapshots'>,
  id: string,
  states: readonly Loaded<State>[],
): void {
  writeSnapshots(read, aggregate, id, states).catch(() => {});
}

/**
 * Keeps the states, but for those of events that are gone since, as after a backup was restored; and lets those go whose
 * shape no release beside this one reads.
 */
export async function writeSnapshots<State>(
  read: Read,
  { type, snapshots }: Pick<Aggregate<State>, 'type' | 'snapshots'>,
  id: string,
  states: readonly Loaded<State>[],
): Promise<void> {
  if (!snapshots || states.length === 0) return;
  const { schemaVersion, schema } = snapshots;
  const rows = states.map(({ state, ...of }) => ({ ...of, state: schema.encode(state) }));
  await read({
    name: 'history snapshots',
    query: Prisma.sql`
      WITH outdated AS (
        DELETE FROM history_snapshot
         WHERE aggregate_type = ${type} AND aggregate_id = ${id} AND schema_version < ${schemaVersion}::int - 1)
      INSERT INTO history_snapshot (aggregate_type, aggregate_id, schema_version, version, occurred_at, state)
      SELECT ${type}, ${id}, ${schemaVersion}::int, row.version, row."occurredAt", row.state
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row (version int, "occurredAt" timestamptz, state jsonb)
       WHERE EXISTS (SELECT FROM history
                      WHERE aggregate_type = ${type} AND aggregate_id = ${id} AND version = row.version
                        AND occurred_at = row."occurredAt")
      ON CONFLICT (aggregate_type, aggregate_id, schema_version, version)
      DO UPDATE SET state = EXCLUDED.state, occurred_at = EXCLUDED.occurred_at`,
  });
}
