import { handleRedriven } from './dead-letters.ts';
import { followSlot, type Transact } from './follow-slot.ts';
import { readPositions } from './live.ts';
import type { Rebuild } from './rebuild.ts';

/**
 * Handles what the live slots have handled by now, each slot beside the others as they are live. Throws what a handler
 * throws; the other slots have ended by then.
 */
export async function catchUp(rebuild: Rebuild): Promise<void> {
  const { reaction, consumer, pool, prisma, progress } = rebuild;
  const failed = new AbortController();
  const ending = { ...rebuild, signal: AbortSignal.any([rebuild.signal, failed.signal]) };
  const transact: Transact = (work) => prisma.$transaction(work);
  const targets = await readPositions(pool, reaction.name);
  const positions = await readPositions(pool, consumer);
  progress.aim(targets);
  const slots = await Promise.allSettled(
    positions.map((from, slot) =>
      followSlot(ending, { slot, from, target: targets[slot]! }, transact).catch((error) => {
        failed.abort(error);
        throw error;
      }),
    ),
  );
  rebuild.signal.throwIfAborted();
  if (slots.some(({ status }) => status === 'rejected')) throw failed.signal.reason;
  while (await transact((tx) => handleRedriven(ending, tx))) rebuild.signal.throwIfAborted();
}
