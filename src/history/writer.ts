/**
 * Commands on aggregates of one kind, each outside of any transaction of the caller's. In a process they never lose to each
 * other: while one is under way on an aggregate, others wait, and then go together, in one statement. To a writer in another
 * process they can lose; then, and as long as there is such a one, the aggregate is locked before it is read:
 * everybody comes to its turn, and nobody's work is in vain.
 */
import type { AnyEventDefinition } from '../events/catalogue.ts';
import type { Cause } from '../events/envelope.ts';
import type { Outbox } from '../outbox/transaction.ts';
import type { Aggregate, Loaded } from './aggregate.ts';
import { type Answer, type Asked, type Command, type Decided, decideAll } from './decide.ts';
import { catchUp } from './load.ts';
import { type Identity, insertOf, lockQuery, type Written } from './rows.ts';
import { keepSnapshots } from './snapshots.ts';
import { createTurns, type Turn } from './turns.ts';

export interface Writer<State, Definition extends AnyEventDefinition> {
  /** `History.change` */
  change(cause: Cause, id: string, command: Command<State, Definition>): Promise<Loaded<State>>;
}

const remembered = 1_000; // aggregates in each process, so that the next command need not read them
const together = 100; // commands in a statement, at most

/** How an aggregate was left, and whether others have changed it between this process's last two turns. */
interface Left<State> {
  readonly as: Loaded<State>;
  readonly isContended: boolean;
}

export function createWriter<State, Definition extends AnyEventDefinition>(
  outbox: Outbox,
  aggregate: Aggregate<State, Definition>,
): Writer<State, Definition> {
  interface Job extends Asked<State, Definition> {
    settle(answer: Answer<State>): void;
  }
  const { type } = aggregate;

  /** Undefined, with nothing written, when the aggregate is another by now. */
  const inStatement = async (id: string, asked: readonly Job[], before: Loaded<State>) => {
    const decided = decideAll(aggregate, id, before, asked);
    if (!(await append(outbox, { type, id }, before, decided.written))) return undefined;
    keepSnapshots(outbox.read, aggregate, id, decided.due);
    return decided;
  };

  /** Waits for its turn among all processes, and then cannot lose. */
  const underLock = async (id: string, asked: readonly Job[], last: Loaded<State> | undefined) => {
    const { missing, ...decided } = await outbox.locked(
      lockQuery({ type, id }),
      async ({ read, statement }) => {
        const { missing, ...before } = await catchUp(read, aggregate, id, last);
        const decided = decideAll(aggregate, id, before, asked);
        const isWritten = await append({ statement }, { type, id }, before, decided.written);
        if (!isWritten) throw new Error(`somebody has written ${type} "${id}" without its lock`);
        return { ...decided, missing };
      },
    );
    keepSnapshots(outbox.read, aggregate, id, [...missing, ...decided.due]);
    return decided;
  };

  const carryOut = async (id: string, asked: readonly Job[], turn: Turn<Left<State>>) => {
    const last = turn.remembered;
    const leave = ({ answers, after }: Decided<State>, isContended: boolean) => {
      turn.remember({ as: after, isContended });
      return answers;
    };
    if (last?.isContended) {
      const decided = await underLock(id, asked, last.as);
      return leave(decided, decided.before.version !== last.as.version);
    }
    if (last) {
      const decided = await inStatement(id, asked, last.as);
      // what is remembered may be out of date: good for a change, which then fails, and never for refusals alone
      if (decided && decided.written.length > 0) return leave(decided, false);
    }
    const { missing, ...before } = await catchUp(outbox.read, aggregate, id, last?.as);
    keepSnapshots(outbox.read, aggregate, id, missing);
    const decided = await inStatement(id, asked, before);
    return decided ? leave(decided, false) : leave(await underLock(id, asked, before), true);
  };

  const work = async (id: string, jobs: readonly Job[], turn: Turn<Left<State>>): Promise<void> => {
    try {
      const answers = await carryOut(id, jobs, turn);
      for (const [n, job] of jobs.entries()) job.settle(answers[n]!);
    } catch (refusal) {
      if (jobs.length > 1 && isBadData(refusal)) {
        // what the database does not take of one command is no reason to refuse the others
        for (const job of jobs) await work(id, [job], turn);
      } else {
        for (const job of jobs) job.settle({ refusal });
      }
    }
  };

  const turns = createTurns<Job, Left<State>>({ remembered, together, work });
  return {
    change: (cause, id, command) =>
      new Promise((resolve, reject) => {
        const settle = (answer: Answer<State>) =>
          'refusal' in answer ? reject(answer.refusal) : resolve(answer.after);
        turns.join(id, { cause, command, settle });
      }),
  };
}

/** Gives false, with nothing written, when the aggregate is not as it was before any more. */
async function append(
  { statement }: Pick<Outbox, 'statement'>,
  aggregate: Identity,
  before: Loaded<unknown>,
  written: readonly Written[],
): Promise<boolean> {
  const causes = written.map(({ cause }) => cause);
  if (!causes[0]) return true;
  const isOne = written.length === 1;
  const name = isOne ? 'append one' : 'append several';
  const change = insertOf(aggregate, before, written, { ifFree: isOne });
  const events = written.map(({ event }) => event);
  return statement(causes[0], { name, change, events, causes }).catch((error) => {
    if (isTaken(error)) return false;
    throw error;
  });
}

const isTaken = (error: unknown) =>
  error instanceof Error && 'constraint' in error && error.constraint === 'history_pkey';

/** The statement was refused for a value in it: class 22 of SQLSTATE. */
const isBadData = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('22');
