/** Event-sourced aggregates of any domain: change them, look at them as they are or were, read their events. */
import type { AnyEventDefinition } from '../events/catalogue.ts';
import type { Cause } from '../events/envelope.ts';
import type { Outbox } from '../outbox/transaction.ts';
import { DomainError } from '../platform/errors.ts';
import type { Aggregate, Loaded } from './aggregate.ts';
import { type Command, changeIn, decideOn } from './change.ts';
import { load } from './load.ts';
import { type Identity, insertOf, type NewHistoryEvent } from './rows.ts';
import type { Until } from './select-page.ts';
import { keepSnapshots } from './snapshots.ts';
import { createTurns } from './turns.ts';

export interface History {
  readonly outbox: Outbox;
  /**
   * Runs the command and gives the aggregate after it. Another writer's change in between makes it decide again, and in
   * the end lock the aggregate, so that it comes to its turn; with an expected version it is refused with VERSION_CONFLICT.
   */
  change<State, Definition extends AnyEventDefinition>(
    cause: Cause,
    aggregate: Aggregate<State, Definition>,
    id: string,
    command: Command<State, Definition>,
  ): Promise<Loaded<State>>;
  /** The aggregate as it is, or as it was; version 0 and its initial state when there is nothing of it. */
  load<State, Definition extends AnyEventDefinition>(
    aggregate: Aggregate<State, Definition>,
    id: string,
    until?: Until,
  ): Promise<Loaded<State>>;
}

const rememberedAggregates = 1_000; // in each process, so that the next command need not read them

export function createHistory(outbox: Outbox): History {
  const turns = createTurns<Loaded<unknown>>(rememberedAggregates);

  const loadNow: History['load'] = async (aggregate, id, until) => {
    const found = await load(outbox.read, aggregate, id, until);
    keepSnapshots(outbox.read, aggregate, id, found.missing);
    return found;
  };

  /** Appends what the command decides on this state; undefined when the state is out of date. */
  const tryOn = async <State, Definition extends AnyEventDefinition>(
    cause: Cause,
    aggregate: Aggregate<State, Definition>,
    id: string,
    before: Loaded<State>,
    command: Command<State, Definition>,
  ): Promise<Loaded<State> | undefined> => {
    const { events, after, due } = decideOn(aggregate, id, before, command);
    if (events.length === 0) return before;
    const identity = { type: aggregate.type, id };
    const isWritten = await append(outbox, cause, identity, before.version, events);
    if (!isWritten) return undefined;
    keepSnapshots(outbox.read, aggregate, id, due);
    return after;
  };

  return {
    outbox,
    load: loadNow,
    // one at a time in a process: its commands on one aggregate need not lose to each other
    change: (cause, aggregate, id, command) =>
      turns.take(`${aggregate.type} ${id}`, async (turn) => {
        type State = typeof aggregate.initial;
        const remembered = turn.remembered as Loaded<State> | undefined;
        turn.remember(undefined); // until it is known again what is true
        if (remembered) {
          // a state that may be out of date is good for a change, which then fails; never for a refusal
          const after = await tryOn(cause, aggregate, id, remembered, command).catch(unlessRefused);
          if (after && after !== remembered) return turn.remember(after);
        }
        const before = await loadNow(aggregate, id);
        const after = await tryOn(cause, aggregate, id, before, command);
        if (after) return turn.remember(after);
        return turn.remember(await outbox.transaction(cause, (tx) => changeIn(tx, aggregate, id, command)));
      }),
  };
}

function unlessRefused(error: unknown): undefined {
  if (!(error instanceof DomainError)) throw error;
}

/** Gives false, with nothing written, when another has appended after this version. */
async function append(
  outbox: Outbox,
  cause: Cause,
  aggregate: Identity,
  version: number,
  events: readonly NewHistoryEvent[],
): Promise<boolean> {
  const isOne = events.length === 1;
  const change = insertOf(aggregate, version, cause, events, { ifFree: isOne });
  const name = isOne ? 'append one' : 'append several';
  return outbox.statement(cause, { name, change, events }).catch((error) => {
    if (isTaken(error)) return false;
    throw error;
  });
}

const isTaken = (error: unknown) =>
  error instanceof Error && 'constraint' in error && error.constraint === 'history_pkey';
