/**
 * The ways to write state and events together. `transaction` opens a Prisma transaction, `record` notes events in it,
 * and they are inserted as the transaction's last statement; `statement` does all of it in one.
 */
import type { Pool, PoolClient } from 'pg';
import type { Catalogue } from '../events/catalogue.ts';
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
  /**
   * Takes a lock, and runs `work` in the transaction that holds it, past Prisma: for what many write at once. Who takes
   * the same lock has its turn before it reads, and so cannot lose.
   */
  locked<Result>(
    lock: NamedQuery,
    work: (held: Pick<Outbox, 'read' | 'statement'>) => Promise<Result>,
  ): Promise<Result>;
  /** Rows as they stand, outside of any transaction and unlocked: what a `statement` is decided on. */
  read<Row extends object>(query: NamedQuery): Promise<readonly Row[]>;
}

export interface OutboxOptions {
  readonly prisma: PrismaClient;
  /** Of the same database */
  readonly pool: Pool;
  /** The events that may be written. Without it any event is: for tests of what takes no notice of their types */
  readonly catalogue?: Pick<Catalogue, 'find'>;
  /** Called after a commit with the events that it wrote; must not throw. A lost nudge costs latency, never an event. */
  readonly nudge: (events: readonly NewEvent[]) => void;
}

/** Gets what reads outside of the transaction, which is over. */
export type AfterCommit = (read: Outbox['read']) => void;

interface Recorded {
  readonly cause: Cause;
  readonly check: (events: readonly NewEvent[]) => void;
  readonly events: RecordedEvent[];
  readonly afterwards: AfterCommit[];
}

const open = new WeakMap<Tx, Recorded>();

export function createOutbox({ prisma, pool, nudge, catalogue }: OutboxOptions): Outbox {
  const check = (events: readonly NewEvent[]) => refuseUnknown(events, catalogue);
  const read: Outbox['read'] = (query) => runNamed(pool, query);
  return {
    async transaction(cause, work) {
      const recorded: Recorded = { cause, check, events: [], afterwards: [] };
      const result = await prisma.$transaction(async (tx) => {
        open.set(tx, recorded);
        // closed after a throw too: what still runs of the work must not believe that it is heard
        const value = await work(tx).finally(() => open.delete(tx));
        // last, so that the horizon's lock is held for a moment only, and a position is taken after every other lock
        await insertEvents(tx, recorded.events);
        return value;
      });
      if (recorded.events.length > 0) nudge(recorded.events.map(({ event }) => event));
      for (const call of recorded.afterwards) call(read);
      return result;
    },
    async statement(cause, statement) {
      check(statement.events);
      const isWritten = await writeStatement(pool, cause, statement);
      if (isWritten && statement.events.length > 0) nudge(statement.events);
      return isWritten;
    },
    async locked(lock, work) {
      const written: NewEvent[] = [];
      const result = await inTransaction(pool, async (client) => {
        await runNamed(client, lock);
        return work({
          read: (query) => runNamed(client, query),
          async statement(cause, statement) {
            check(statement.events);
            const isWritten = await writeStatement(client, cause, statement);
            if (isWritten) written.push(...statement.events);
            return isWritten;
          },
        });
      });
      if (written.length > 0) nudge(written);
      return result;
    },
    read,
  };
}

/** On one connection; nothing of it stays when `work` throws. */
async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let isOver = false;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT')
      throw new Error('a statement of the transaction had failed: nothing is written');
    isOver = true;
    return result;
  } finally {
    // a connection that may still be in the transaction is closed, which ends it
    client.release(!isOver);
  }
}

/**
 * Notes events in a transaction of `Outbox.transaction`; they get their positions in this order when it commits.
 * Throws when the transaction is not one of those, or is over, and for an event that is not in the catalogue.
 */
export function record(tx: Tx, ...events: readonly NewEvent[]): void {
  recordBecause(tx, recordedOf(tx).cause, ...events);
}

/** `record` with a cause of its own, for a transaction that handles several events. */
export function recordBecause(tx: Tx, cause: Cause, ...events: readonly NewEvent[]): void {
  const recorded = recordedOf(tx);
  recorded.check(events);
  recorded.events.push(...events.map((event) => ({ cause, event })));
}

/** An event that no module names: no process knows its type, and the relay would park it. */
export class UnknownEventError extends Error {
  override readonly name = 'UnknownEventError';

  constructor(type: string) {
    super(`"${type}" is not in the catalogue: add the event to the events of its domain's module`);
  }
}

function refuseUnknown(events: readonly NewEvent[], catalogue: OutboxOptions['catalogue']): void {
  if (!catalogue) return;
  const unknown = events.find(({ definition }) => !catalogue.find(definition.type));
  if (unknown) throw new UnknownEventError(unknown.definition.type);
}

/** The cause of the transaction, and of what is recorded in it. */
export const causeOf = (tx: Tx): Cause => recordedOf(tx).cause;

/** Calls it once the transaction has committed. It can be lost with the process, and must not throw. */
export function afterCommit(tx: Tx, call: AfterCommit): void {
  recordedOf(tx).afterwards.push(call);
}

/**
 * Runs a part of a transaction. When it throws, what it has written and recorded is taken back, the error is thrown on,
 * and the transaction can go on.
 */
export async function attempt<Result>(tx: Tx, part: () => Promise<Result>): Promise<Result> {
  const { events, afterwards } = recordedOf(tx);
  const [recordedBefore, callsBefore] = [events.length, afterwards.length];
  await tx.$executeRaw`SAVEPOINT attempt`;
  try {
    const result = await part();
    await tx.$executeRaw`RELEASE SAVEPOINT attempt`;
    return result;
  } catch (error) {
    events.length = recordedBefore;
    afterwards.length = callsBefore;
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT attempt`;
    // else an attempt around this one, whose savepoint has the same name, would only be taken back to here
    await tx.$executeRaw`RELEASE SAVEPOINT attempt`;
    throw error;
  }
}

function recordedOf(tx: Tx): Recorded {
  const recorded = open.get(tx);
  if (!recorded) throw new Error('this needs an open transaction of Outbox.transaction()');
  return recorded;
}
