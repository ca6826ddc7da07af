/**
 * The ways to write state and events together. `transaction` opens a Prisma transaction, `record` notes events in it,
 * and they are inserted as the transaction's last statement; `statement` does all of it in one.
 */
import type { Pool } from 'pg';
import type { NewEvent } from '../events/define-event.ts';
import type { Cause } from '../events/envelope.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { insertEvents } from './insert-events.ts';
import type { RecordedEvent, Tx } from './recorded-event.ts';
import { type NamedQuery, runNamed, type Statement, writeStatement } from './statement.ts';

export type { Tx };

export interface Outbox {
  /**
   * Runs `work` in one transaction. Its state changes and the events that it records are committed together or not
   * at all. Nothing is retried: a conflict is the caller's to decide.
   */
  transaction<Result>(cause: Cause, work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /**
   * Writes a change and its events in one statement: several times as fast, for what is decided on one row that `read`
   * gave. Gives false, with nothing written, when the change found no row: another was quicker. Whoever must not lose
   * to others again and again decides anew in a `transaction`, which waits for its turn.
   */
  statement(cause: Cause, statement: Statement): Promise<boolean>;
  /** Rows as they stand, outside of any transaction and unlocked: what a `statement` is decided on. */
  read<Row extends object>(query: NamedQuery): Promise<readonly Row[]>;
}

export interface OutboxOptions {
  readonly prisma: PrismaClient;
  /** Of the same database */
  readonly pool: Pool;
  /** Called after a commit that wrote events; must not throw. A lost nudge costs latency, never an event. */
  readonly nudge: () => void;
}

interface Recorded {
  readonly cause: Cause;
  readonly events: RecordedEvent[];
}

const open = new WeakMap<Tx, Recorded>();

export function createOutbox({ prisma, pool, nudge }: OutboxOptions): Outbox {
  return {
    async transaction(cause, work) {
      const recorded: Recorded = { cause, events: [] };
      const result = await prisma.$transaction(async (tx) => {
        open.set(tx, recorded);
        // closed after a throw too: what still runs of the work must not believe that it is heard
        const value = await work(tx).finally(() => open.delete(tx));
        // last, so that the horizon's lock is held for a moment only, and a position is taken after every other lock
        await insertEvents(tx, recorded.events);
        return value;
      });
      if (recorded.events.length > 0) nudge();
      return result;
    },
    async statement(cause, statement) {
      const isWritten = await writeStatement(pool, cause, statement);
      if (isWritten && statement.events.length > 0) nudge();
      return isWritten;
    },
    read: (query) => runNamed(pool, query),
  };
}

/**
 * Notes events in a transaction of `Outbox.transaction`; they get their positions in this order when it commits.
 * Throws when the transaction is not one of those, or is over.
 */
export function record(tx: Tx, ...events: readonly NewEvent[]): void {
  recordBecause(tx, recordedOf(tx).cause, ...events);
}

/** `record` with a cause of its own, for a transaction that handles several events. */
export function recordBecause(tx: Tx, cause: Cause, ...events: readonly NewEvent[]): void {
  recordedOf(tx).events.push(...events.map((event) => ({ cause, event })));
}

function recordedOf(tx: Tx): Recorded {
  const recorded = open.get(tx);
  if (!recorded) throw new Error('record() needs an open transaction of Outbox.transaction()');
  return recorded;
}
