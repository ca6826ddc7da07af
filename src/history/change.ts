/** Commands on an aggregate within a transaction: lock it, read it, decide, append what was decided. */
import type { AnyEventDefinition } from '../events/catalogue.ts';
import { afterCommit, causeOf, record, type Tx } from '../outbox/transaction.ts';
import type { Aggregate, Loaded } from './aggregate.ts';
import { type Command, decideAll } from './decide.ts';
import { load } from './load.ts';
import { insertOf, lockOf, type Read } from './rows.ts';
import { keepSnapshots } from './snapshots.ts';

/**
 * Runs the command within a transaction of `Outbox.transaction`: what else it writes is committed with it. The aggregate
 * is locked until the transaction ends, so that this cannot lose to another writer. Throws VERSION_CONFLICT, with the
 * current version in `details`, and whatever the command refuses with; nothing is written then.
 */
export async function changeIn<State, Definition extends AnyEventDefinition>(
  tx: Tx,
  aggregate: Aggregate<State, Definition>,
  id: string,
  command: Command<State, Definition>,
): Promise<Loaded<State>> {
  const identity = { type: aggregate.type, id };
  const cause = causeOf(tx);
  await tx.$executeRaw(lockOf(identity));
  const { missing, ...before } = await load(readIn(tx), aggregate, id);
  const { answers, written, due } = decideAll(aggregate, id, before, [{ cause, command }]);
  const answer = answers[0]!;
  if ('refusal' in answer) throw answer.refusal;
  afterCommit(tx, (read) => keepSnapshots(read, aggregate, id, [...missing, ...due]));
  const inserted = written.length > 0 ? await tx.$executeRaw(insertOf(identity, before, written)) : 0;
  if (inserted !== written.length)
    throw new Error(`somebody has written ${aggregate.type} "${id}" without its lock`);
  record(tx, ...written.map(({ event }) => event));
  return answer.after;
}

/** Reads within a transaction: what it has written is seen. */
export const readIn =
  (tx: Tx): Read =>
  <Row extends object>({ query }: Parameters<Read>[0]) =>
    tx.$queryRaw<Row[]>(query);
