import type { Delivery, Outcome } from './delivery.ts';
import { NotBegunError } from './errors.ts';

/** Handles deliveries in one go; throws when it did none of them. */
export type Handle = (deliveries: readonly Delivery[]) => Promise<ReadonlyMap<string, Outcome>>;

export interface BatcherOptions {
  /** Events in a batch, at most */
  readonly size: number;
  /** Batches at a time */
  readonly concurrency: number;
  readonly handle: Handle;
}

interface Waiting {
  readonly delivery: Delivery;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/**
 * Handles what comes one by one in batches: whatever came while others were being handled, so that nobody waits for a batch
 * to fill. One that fails is halved until the failing event stands alone, and only that one is rejected.
 */
export function createBatcher({ size, concurrency, handle }: BatcherOptions) {
  const waiting: Waiting[] = [];
  let running = 0;

  const runHalving = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const outcomes = await handle(batch.map(({ delivery }) => delivery));
      for (const { delivery, resolve } of batch) resolve(outcomes.get(delivery.event.id)!);
    } catch (error) {
      if (batch.length === 1 || error instanceof NotBegunError) {
        for (const { reject } of batch) reject(error);
        return;
      }
      const half = Math.ceil(batch.length / 2);
      await runHalving(batch.slice(0, half));
      await runHalving(batch.slice(half));
    }
  };
  const startNext = (): void => {
    if (running === concurrency || waiting.length === 0) return;
    running += 1;
    void runHalving(waiting.splice(0, size)).finally(() => {
      running -= 1;
      startNext();
    });
  };
  return {
    /** Settles when the event's batch has been committed, or when it has failed alone. */
    add: (delivery: Delivery): Promise<Outcome> =>
      new Promise((resolve, reject) => {
        waiting.push({ delivery, resolve, reject });
        startNext();
      }),
  };
}
