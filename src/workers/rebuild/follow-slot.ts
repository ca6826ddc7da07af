import type { Tx } from '../../outbox/transaction.ts';
import { every } from '../../platform/pace.ts';
import { fallsTo } from '../processor-slot.ts';
import { handleBatch } from './handle-batch.ts';
import { pause } from './pause.ts';
import type { Rebuild } from './rebuild.ts';

const defaultBatchSize = 500;
const saveMs = 1_000; // how often a checkpoint moves over events of others
const behindMs = 100;

/** Where a slot of the rebuild is, and what it is to reach. */
export interface Way {
  readonly slot: number;
  readonly from: number;
  /** Where the live slot is: what it has handled and left out is settled up to there, and nothing beyond */
  readonly target: number;
}

/** Runs a step of the rebuild in a transaction: one of its own, or that of the switch. */
export type Transact = <Result>(work: (tx: Tx) => Promise<Result>) => Promise<Result>;

/** Handles the slot's events up to the target, a batch in each transaction; what was done when it throws stays done. */
export async function followSlot(rebuild: Rebuild, way: Way, transact: Transact): Promise<void> {
  const { reaction, live, reader, progress, signal } = rebuild;
  const { slot, target } = way;
  const filter = {
    topics: [...new Set(reaction.events.map(({ topic }) => topic))],
    types: reaction.events.map(({ type }) => type),
  };
  const limit = reaction.batchSize ?? defaultBatchSize;
  const saveDue = every(saveMs);
  let from = way.from;
  for (let after = from; after < target; ) {
    signal.throwIfAborted();
    const page = await reader.read({ filter, after, upTo: target, limit });
    if (page.next <= after) {
      // the log in Redis was lost and is not published as far again
      await pause(behindMs, signal);
      continue;
    }
    after = page.next;
    const events = page.events.filter(
      (event) =>
        fallsTo({ reaction, slot }, event) &&
        (reaction.rebuildFrom === 'history' || event.position > live.typeStarts[event.type]!),
    );
    if (events.length === 0 && after < target && !saveDue()) continue;
    const batch = { events, from, to: after, epoch: reader.epoch };
    const handled = await transact((tx) => handleBatch(rebuild, tx, slot, batch));
    from = handled.position;
    progress.handled(slot, after, handled.events);
  }
}
