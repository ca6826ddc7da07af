/** Where Postgres keeps the marker of queues: for those of all consumers, or for those of one in a shard of its own. */
import type { ClientBase } from 'pg';
import { readSink } from '../outbox/sinks.ts';
import type { QueueConsumer } from './consumers.ts';

export interface MarkerRow {
  read(client: ClientBase): Promise<string | null>;
  write(client: ClientBase, marker: string): Promise<void>;
  /**
   * One statement for a whole batch: its consumers' position, and the marker that counts it. A consumer moves only from
   * where the batch began: one that was moved, or registered anew, meanwhile may still lack what was added, and stays where
   * it is. Throws, and moves nobody, when another relay has healed the queues since the marker was read.
   */
  saveEnqueued(
    client: ClientBase,
    consumers: readonly QueueConsumer[],
    range: { readonly from: number; readonly to: number },
    counted: string,
  ): Promise<void>;
}

export const markerRowOf = (consumer: string | undefined): MarkerRow =>
  consumer === undefined ? sharedRow : ownRow(consumer);

const sharedRow: MarkerRow = {
  async read(client) {
    // of a Cluster that this Redis has taken the place of
    await client.query('UPDATE consumer SET queue_marker = NULL WHERE queue_marker IS NOT NULL');
    return (await readSink(client, 'queues')).marker;
  },
  async write(client, marker) {
    await client.query("UPDATE sink SET marker = $1 WHERE name = 'queues'", [marker]);
  },
  async saveEnqueued(client, consumers, range, marker) {
    const { rows } = await client.query<{ counted: boolean }>(
      `WITH counted AS (
         UPDATE sink SET marker = $5, updated_at = now()
          WHERE name = 'queues' AND split_part(marker, ':', 1) = split_part($5, ':', 1) RETURNING name),
       moved AS (
         UPDATE consumer SET enqueued_position = $4
           FROM counted, unnest($1::text[], $2::timestamptz[]) AS added (name, registered_at)
          WHERE consumer.name = added.name AND consumer.registered_at = added.registered_at AND enqueued_position = $3)
       SELECT EXISTS (SELECT FROM counted) AS counted`,
      [
        consumers.map(({ name }) => name),
        consumers.map(({ registeredAt }) => registeredAt),
        range.from,
        range.to,
        marker,
      ],
    );
    if (!rows[0]!.counted) throw healedMeanwhile();
  },
};

const ownRow = (name: string): MarkerRow => ({
  async read(client) {
    const { rows } = await client.query<{ marker: string | null }>(
      'SELECT queue_marker AS marker FROM consumer WHERE name = $1',
      [name],
    );
    return rows[0]?.marker ?? null;
  },
  async write(client, marker) {
    await client.query('UPDATE consumer SET queue_marker = $2 WHERE name = $1', [name, marker]);
  },
  async saveEnqueued(client, [consumer], range, marker) {
    const { rowCount } = await client.query(
      `UPDATE consumer
          SET queue_marker = $5,
              enqueued_position = CASE enqueued_position WHEN $3 THEN $4 ELSE enqueued_position END
        WHERE name = $1 AND registered_at = $2 AND split_part(queue_marker, ':', 1) = split_part($5, ':', 1)`,
      [name, consumer!.registeredAt, range.from, range.to, marker],
    );
    if (rowCount === 0) throw healedMeanwhile();
  },
});

const healedMeanwhile = () => new Error('the queues were healed by another relay meanwhile');
