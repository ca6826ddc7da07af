/** The dead letters, page by page, newest first. */
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Envelope, LogEvent } from '../events/envelope.ts';
import { badUserInput, wrongArgument } from '../platform/errors.ts';

export interface DeadLetter {
  readonly id: string;
  readonly consumer: string;
  readonly event: LogEvent;
  /** As it was thrown, with its stack: for operators. Clients get `summaryOf` it */
  readonly error: string;
  readonly attempts: number;
  readonly failedAt: Date;
  /** WAITING: it did not fail, one before it with its key did. REDRIVEN: it is on its way to its consumer again */
  readonly status: 'FAILED' | 'WAITING' | 'REDRIVEN';
  /** The id of the first dead letter that is in its way, of those that failed */
  readonly waitsFor: string | null;
  /** What its consumer keeps the order of the event by; null when it keeps none */
  readonly orderingKey: string | null;
}

export interface DeadLetterSearch {
  readonly consumer?: string | undefined;
  readonly first: number;
  /** The cursor after which the page starts */
  readonly after?: string | undefined;
}

export interface DeadLetterPage {
  readonly edges: readonly { readonly cursor: string; readonly node: DeadLetter }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

// uses the index on (consumer, ordering_key, position)
const columns = `
  id, consumer, position, event, error, attempts, failed_at AS "failedAt", ordering_key AS "orderingKey",
  CASE WHEN redrive_requested_at IS NOT NULL THEN 'REDRIVEN' WHEN waits THEN 'WAITING' ELSE 'FAILED' END AS status,
  CASE WHEN waits THEN (
    SELECT failed.id FROM dead_letter AS failed
     WHERE failed.consumer = letter.consumer AND failed.ordering_key = letter.ordering_key
       AND NOT failed.waits AND failed.position < letter.position
     ORDER BY failed.position LIMIT 1) END AS "waitsFor"`;

/** Uses the index on (failed_at, id). */
export async function readDeadLetters(
  pool: Pool,
  { consumer, first, after }: DeadLetterSearch,
): Promise<DeadLetterPage> {
  const place = after === undefined ? undefined : readCursor(after);
  const { rows } = await pool.query<DeadLetterRow>(
    `SELECT ${columns}
       FROM dead_letter AS letter
      WHERE ($1::text IS NULL OR consumer = $1)
        AND ($2::timestamptz IS NULL OR (failed_at, id) < ($2, $3::uuid))
      ORDER BY failed_at DESC, id DESC
      LIMIT $4`,
    [consumer, place?.failedAt, place?.id, first + 1],
  );
  const edges = rows.slice(0, first).map((row) => ({ cursor: toCursor(row), node: deadLetter(row) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage: place !== undefined, // the letter that it names
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** One dead letter; undefined when there is none of this id. Throws BAD_USER_INPUT for what is no id. */
export async function readDeadLetter(pool: Pool, id: string): Promise<DeadLetter | undefined> {
  if (!z.guid().safeParse(id).success) throw badUserInput(`"${id}" is no id of a dead letter.`);
  const { rows } = await pool.query<DeadLetterRow>(
    `SELECT ${columns} FROM dead_letter AS letter WHERE id = $1`,
    [id],
  );
  return rows[0] && deadLetter(rows[0]);
}

interface DeadLetterRow extends Omit<DeadLetter, 'event'> {
  readonly position: number;
  readonly event: Envelope;
}

function deadLetter({ position, event, ...letter }: DeadLetterRow): DeadLetter {
  return { ...letter, event: { ...event, position } };
}

// A place between dead letters, which stays right when some come or go
const placeSchema = z.tuple([z.iso.datetime(), z.uuid()]);

function toCursor({ failedAt, id }: DeadLetterRow): string {
  return Buffer.from(`${failedAt.toISOString()} ${id}`).toString('base64url');
}

function readCursor(cursor: string): { failedAt: string; id: string } {
  const place = placeSchema.safeParse(Buffer.from(cursor, 'base64url').toString().split(' '));
  if (!place.success) throw wrongArgument('after', 'is not a cursor of this list.');
  return { failedAt: place.data[0], id: place.data[1] };
}
