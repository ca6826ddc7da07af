/**
 * State and events in one SQL statement, which is its own transaction: for mutations so frequent that five round trips
 * and Prisma's bookkeeping are too much.
 *
 * The order of locks is that of `transaction`. The outer SELECT drains `changed`, and with it takes the row's lock, before
 * PostgreSQL turns to `recorded`, which nothing reads; only then does the outbox's trigger take the horizon's lock, and
 * only then is there a position. That a position comes after the row's lock does not rest on this: `recorded` has
 * no row before `changed` has one.
 */
import type { ClientBase, Pool } from 'pg';
import type { NewEvent } from '../events/define-event.ts';
import type { Cause } from '../events/envelope.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { insertOf } from './insert-events.ts';

export interface Statement {
  /** Of the prepared statement: the same for the same text, whatever its values */
  readonly name: string;
  /**
   * An INSERT, UPDATE or DELETE without RETURNING. It must touch the row only as it was when the events were decided
   * (`WHERE id = … AND version = …`), and no row when it is another by now.
   */
  readonly change: Prisma.Sql;
  readonly events: readonly NewEvent[];
  /** Of each event, where several requests share the statement; else all have the statement's */
  readonly causes?: readonly Cause[];
}

/** A query whose text is always the same, so that it is parsed and planned once for each connection. */
export interface NamedQuery {
  readonly name: string;
  readonly query: Prisma.Sql;
}

/** Gives false when the change touched no row: then no event is written either. */
export async function writeStatement(
  db: Pool | ClientBase,
  cause: Cause,
  statement: Statement,
): Promise<boolean> {
  const events = statement.events.map((event, n) => ({ cause: statement.causes?.[n] ?? cause, event }));
  const rows = await runNamed<{ touched: boolean }>(db, {
    name: `statement ${statement.name}`,
    query: Prisma.sql`
      WITH changed AS (${statement.change} RETURNING true),
           recorded AS (${insertOf(events, Prisma.sql`EXISTS (SELECT FROM changed)`)})
      SELECT count(*) > 0 AS touched FROM changed`,
  });
  return rows[0]!.touched;
}

/** Runs a query past Prisma, on any connection of the pool or on this one. Dates arrive as dates, int8 as numbers. */
export async function runNamed<Row extends object>(
  db: Pool | ClientBase,
  { name, query }: NamedQuery,
): Promise<readonly Row[]> {
  const { rows } = await db.query<Row>({ name, text: query.text, values: query.values });
  return rows;
}
