/** Histories within a transaction of the outbox. */
import { outboxIn } from '../outbox/joined.ts';
import type { Tx } from '../outbox/transaction.ts';
import { changeIn, readIn } from './change.ts';
import type { History } from './history.ts';
import { load } from './load.ts';
import { readPage } from './page.ts';

/**
 * A history that writes in this transaction, which is another's to commit. Its commands lock their aggregate, and so wait
 * with the transaction's connection in hand: who expects many takes a turn before it opens the transaction.
 */
export function historyIn(tx: Tx): History {
  return {
    outbox: outboxIn(tx),
    change: (_cause, aggregate, id, command) => changeIn(tx, aggregate, id, command),
    inTurn: (_aggregate, _id, work) => work(),
    load: (aggregate, id, until) => load(readIn(tx), aggregate, id, until),
    page: ({ type }, id, request) => readPage(readIn(tx), { type, id }, request),
  };
}
