import { setImmediate as nextTurn } from 'node:timers/promises';
import { FairQueue, type FairQueueOptions } from '../platform/fair-queue.ts';
import { runFor, type Work } from '../platform/requester.ts';

/** Runs a piece of work for its requester when it has a turn. Throws the signal's reason when it is given up before. */
export type FairTurns = <Result>(work: Work, run: () => Promise<Result>) => Promise<Result>;

/** Clients take turns, with room for other work between. */
export function createFairTurns(options: FairQueueOptions): FairTurns {
  const queue = new FairQueue(options);
  return (work, run) =>
    new Promise((resolve, reject) => {
      const { requester, signal } = work;
      if (signal?.aborted) return reject(signal.reason);
      const giveUp = () => {
        leave();
        reject(signal!.reason);
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      const leave = queue.enter(requester, async () => {
        await nextTurn();
        signal?.removeEventListener('abort', giveUp);
        await runFor(work, run).then(resolve, reject);
        leave();
      });
    });
}
