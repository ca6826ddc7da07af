import type { ClientBase, Pool } from 'pg';
import { isOneType } from '../events/patterns.ts';
import { envelopeJson } from './envelope-sql.ts';

/** An event as bytes: what a sink passes on without parsing. */
export interface OutboxRow {
  readonly position: number;
  readonly id: string;
  readonly topic: string;
  readonly type: string;
  /** JSON text of the Envelope */
  readonly envelope: string;
}

/**
 * The rows with `after < position <= upTo` in position order, at most `limit`. `upTo` must be a safe horizon of an
 * earlier statement: in one statement with it, rows can be missed. Uses the primary key.
 */
export async function readOutbox(
  db: Pool | ClientBase,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<readonly OutboxRow[]> {
  const { rows } = await db.query<OutboxRow>({
    name: 'read-outbox',
    // the inner LIMIT: envelopes are made for the rows of the page only, whatever the plan sorts
    text: `SELECT position, id, topic, type, ${envelopeJson} AS envelope
             FROM (SELECT *
                     FROM outbox
                    WHERE position > $1 AND position <= $2
                    ORDER BY outbox.position
                    LIMIT $3) AS outbox
            ORDER BY outbox.position`,
    values: [after, upTo, limit],
  });
  return rows;
}

/** The newest event at or below a position that is safe to read; undefined when there is none. */
export async function newestEvent(
  db: Pool | ClientBase,
  upTo: number,
): Promise<{ position: number; id: string } | undefined> {
  const { rows } = await db.query<{ position: number; id: string }>(
    'SELECT position, id FROM outbox WHERE position <= $1 ORDER BY position DESC LIMIT 1',
    [upTo],
  );
  return rows[0];
}

/** What narrows a read of the outbox; all given parts must hold. */
export interface OutboxFilter {
  readonly topics?: readonly string[] | undefined;
  /** Event type patterns */
  readonly types?: readonly string[] | undefined;
  readonly aggregateId?: string | undefined;
  readonly correlationId?: string | undefined;
  /** The event has all of these keys */
  readonly keys?: readonly string[] | undefined;
}

export interface FilteredRead extends OutboxFilter {
  readonly after: number;
  readonly upTo: number;
  readonly limit: number;
  /** Newest first, for paging backwards */
  readonly backwards?: boolean;
}

/**
 * The matching rows of a range, in position order or backwards. One aggregate, one correlation id and one key are
 * found by index (outbox_aggregate, outbox_correlation, outbox_keys).
 */
export async function searchOutbox(db: Pool | ClientBase, read: FilteredRead): Promise<readonly OutboxRow[]> {
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const conditions = [`position > ${bind(read.after)}`, `position <= ${bind(read.upTo)}`];
  if (read.aggregateId !== undefined) conditions.push(`aggregate_id = ${bind(read.aggregateId)}`);
  if (read.correlationId !== undefined) conditions.push(`correlation_id = ${bind(read.correlationId)}`);
  if (read.keys?.length) conditions.push(`keys @> ${bind(read.keys)}::text[]`);
  if (read.topics) conditions.push(`topic = ANY(${bind(read.topics)}::text[])`);
  if (read.types) {
    const exact = bind(read.types.filter(isOneType));
    const prefixes = bind(
      read.types.filter((pattern) => !isOneType(pattern)).map((pattern) => pattern.slice(0, -1)),
    );
    conditions.push(
      `(type = ANY(${exact}::text[]) OR EXISTS (SELECT FROM unnest(${prefixes}::text[]) AS p (prefix) WHERE starts_with(type, prefix)))`,
    );
  }
  const order = `outbox.position ${read.backwards ? 'DESC' : 'ASC'}`;
  const { rows } = await db.query<OutboxRow>(
    `SELECT position, id, topic, type, ${envelopeJson} AS envelope
       FROM (SELECT *
               FROM outbox
              WHERE ${conditions.join('\n                AND ')}
              ORDER BY ${order}
              LIMIT ${bind(read.limit)}) AS outbox
      ORDER BY ${order}`,
    values,
  );
  return rows;
}
