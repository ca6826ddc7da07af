import type { ClientBase, Pool } from 'pg';

export type SinkName = 'streams' | 'queues';

/** How far a sink has published, as last saved: it may lag behind the truth and never leads it. */
export async function readSink(
  db: Pool | ClientBase,
  name: SinkName,
): Promise<{ position: number; marker: string | null }> {
  const { rows } = await db.query<{ position: number; marker: string | null }>(
    'SELECT position, marker FROM sink WHERE name = $1',
    [name],
  );
  return rows[0]!;
}

/** Notes who publishes to the streams from now on: who did before cannot change the outbox any more. */
export async function claimStreams(db: ClientBase, claim: string): Promise<void> {
  await db.query("UPDATE sink SET marker = $1 WHERE name = 'streams'", [claim]);
}

/** Never moves a checkpoint backwards. */
export async function saveSinkPosition(
  db: Pool | ClientBase,
  name: SinkName,
  position: number,
): Promise<void> {
  await db.query('UPDATE sink SET position = $2, updated_at = now() WHERE name = $1 AND position < $2', [
    name,
    position,
  ]);
}
