/** The outbox within one of its own transactions. */
import { type Outbox, record, type Tx } from './transaction.ts';

/**
 * An outbox that writes in this transaction, which is another's to commit: what is done with it is committed together, or
 * not at all. A change that finds no row still gives false, and the transaction can go on.
 */
export function outboxIn(tx: Tx): Outbox {
  const joined: Outbox = {
    transaction: (_cause, work) => work(tx),
    async statement(_cause, { change, events }) {
      const touched = await tx.$executeRaw(change);
      if (touched > 0) record(tx, ...events);
      return touched > 0;
    },
    async locked({ query }, work) {
      await tx.$queryRaw(query);
      return work(joined);
    },
    read: <Row extends object>({ query }: Parameters<Outbox['read']>[0]) => tx.$queryRaw<Row[]>(query),
  };
  return joined;
}
