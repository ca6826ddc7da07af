/** Aorta's reactions of the bench: each work declared as anybody would. */
import { setTimeout as delay } from 'node:timers/promises';
import { watchStarted } from '../../src/domains/streaming/events.ts';
import { type QueueReaction, queueReaction } from '../../src/workers/reaction.ts';
import type { Meter } from './meter.ts';
import { insertAllSeen, insertSeen } from './seen.ts';
import { batchSize, outsideMs, type Work } from './work.ts';

/** `startFrom`: the position after which its events come. */
export function aortaReaction(work: Work, startFrom: number, meter: Meter): QueueReaction {
  const declared = {
    name: 'bench',
    events: [watchStarted],
    startFrom,
    afterCommit: (events: readonly unknown[]) => meter.count(events.length),
  };
  const insertAfterWaiting = async (...[tx, event]: Parameters<typeof insertSeen>) => {
    await delay(outsideMs);
    await insertSeen(tx, event);
  };
  switch (work) {
    case 'no-op':
      return queueReaction({ ...declared, handle: async () => {} });
    case 'one-row':
      return queueReaction({
        ...declared,
        handle: async (tx, event) => void (await insertSeen(tx, event)),
      });
    case 'no-op-batches':
      return queueReaction({ ...declared, batchSize, handleBatch: async () => {} });
    case 'one-row-batches':
      return queueReaction({
        ...declared,
        batchSize,
        handleBatch: async (tx, events) => void (await insertAllSeen(tx, events)),
      });
    case 'by-key':
      return queueReaction({ ...declared, ordered: { by: 'user' }, handle: insertAfterWaiting });
    case 'serial':
      return queueReaction({ ...declared, ordered: { by: 'user', lanes: 1 }, handle: insertAfterWaiting });
    default:
      return work satisfies never;
  }
}
