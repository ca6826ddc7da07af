/** Which rows the stream sink publishes next. The batch after them is read while they are being published. */
import { type OutboxRow, readOutbox } from '../outbox/read-outbox.ts';
import type { OutboxSession } from '../outbox/session.ts';
import { createReadAhead } from './read-ahead.ts';

export interface Batch {
  /** In position order */
  readonly rows: readonly OutboxRow[];
  /** A safe horizon: with fewer rows than a batch takes they are all that there is up to here */
  readonly upTo: number;
  /** Whether the horizon was asked for this batch; else there may be news beyond it by now */
  readonly isNews: boolean;
}

export interface BatchReader {
  /** What comes after a position. Reads on only when the batch is full, and never beyond the horizon of the batch. */
  next(after: number): Promise<Batch>;
  /** Settles when the session's connection is free: it takes one statement at a time. */
  whenFree(): Promise<void>;
}

/** Of no use beyond the session: what it read ahead of one server says nothing about another. */
export function createBatchReader({ client, horizon }: OutboxSession, limit: number): BatchReader {
  let ahead = createReadAhead<readonly OutboxRow[]>();
  let upTo = 0;
  // always in a later statement than the one that found `upTo` safe
  const read = (after: number) => readOutbox(client, { after, upTo, limit });
  return {
    async next(after) {
      const begun = ahead.take(String(after));
      if (!begun) {
        await ahead.whenDone();
        ahead = createReadAhead();
        upTo = await horizon.advance();
      }
      const rows = await (begun ?? (upTo > after ? read(after) : []));
      const last = rows.at(-1);
      if (last && rows.length === limit && last.position < upTo) {
        ahead.begin(String(last.position), () => read(last.position));
      }
      return { rows, upTo, isNews: !begun };
    },
    whenFree: () => ahead.whenDone(),
  };
}
