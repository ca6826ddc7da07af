/** Event-sourced aggregates of any domain: change them, look at them as they are or were, read their events. */
import type { AnyEventDefinition } from '../events/catalogue.ts';
import type { Cause } from '../events/envelope.ts';
import type { Outbox } from '../outbox/transaction.ts';
import { DomainError } from '../platform/errors.ts';
import { keyOf } from '../platform/key.ts';
import type { Aggregate, Loaded } from './aggregate.ts';
import type { Command } from './decide.ts';
import { loadAndKeep } from './load.ts';
import { type HistoryPage, type PageRequest, readPage } from './page.ts';
import type { Identity } from './rows.ts';
import type { Until } from './select-page.ts';
import { createTurns } from './turns.ts';
import { createWriter, type Writer } from './writer.ts';

export interface History {
  readonly outbox: Outbox;
  /**
   * Runs the command and gives the aggregate after it. Another writer's change in between makes it decide again, and in
   * the end lock the aggregate, so that it comes to its turn; with an expected version it is refused with VERSION_CONFLICT,
   * and the current version in `details`. Throws whatever the command refuses with, decided on what is committed.
   */
  change<State, Definition extends AnyEventDefinition>(
    cause: Cause,
    aggregate: Aggregate<State, Definition>,
    id: string,
    command: Command<State, Definition>,
  ): Promise<Loaded<State>>;
  /**
   * Runs work that locks the aggregate in a transaction, when no other such work of this process does: many who want the
   * same aggregate wait here, and not each with a connection in hand. Throws UNAVAILABLE, retryable, with nothing begun,
   * when its turn has not come for long, as when the database is away.
   */
  inTurn<Result>(aggregate: Pick<Identity, 'type'>, id: string, work: () => Promise<Result>): Promise<Result>;
  /**
   * The aggregate as it is, or as it was; version 0 and its initial state when there is nothing of it. Throws UNAVAILABLE,
   * retryable, for events of newer code.
   */
  load<State, Definition extends AnyEventDefinition>(
    aggregate: Aggregate<State, Definition>,
    id: string,
    until?: Until,
  ): Promise<Loaded<State>>;
  /** Events of an aggregate as they are stored, in the schema version that they were written in. */
  page(aggregate: Pick<Identity, 'type'>, id: string, request: PageRequest): Promise<HistoryPage>;
}

const patienceMs = 5_000; // until a turn comes

const tooBusy = (type: string, id: string) =>
  new DomainError('UNAVAILABLE', `Too many want ${type} "${id}" at once. Try again.`, { retryable: true });

export function createHistory(outbox: Outbox): History {
  const writers = new WeakMap<object, unknown>();

  const writerOf = <State, Definition extends AnyEventDefinition>(
    aggregate: Aggregate<State, Definition>,
  ): Writer<State, Definition> => {
    if (!writers.has(aggregate)) writers.set(aggregate, createWriter(outbox, aggregate));
    return writers.get(aggregate) as Writer<State, Definition>;
  };
  const turns = createTurns<() => Promise<void>, never>({
    ...{ remembered: 0, together: 1 },
    work: async (_key, [next]) => next?.(),
  });
  return {
    outbox,
    change: (cause, aggregate, id, command) => writerOf(aggregate).change(cause, id, command),
    inTurn: ({ type }, id, work) =>
      new Promise((resolve, reject) => {
        const latest = performance.now() + patienceMs;
        turns.join(keyOf(type, id), async () => {
          if (performance.now() > latest) reject(tooBusy(type, id));
          else await Promise.try(work).then(resolve, reject);
        });
      }),
    load: (aggregate, id, until) => loadAndKeep(outbox.read, aggregate, id, until),
    page: ({ type }, id, request) => readPage(outbox.read, { type, id }, request),
  };
}
