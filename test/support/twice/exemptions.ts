/** What some tests cannot have done twice, because deliveries are what they count. Everything else is, for them too. */
import type { Part } from './parts.ts';

export interface Exemption {
  readonly file: string;
  /** Undefined: the whole file */
  readonly test?: string;
  /** What is done once for it */
  readonly once: readonly Part[];
  /** What it counts; never an effect */
  readonly because: string;
}

export const exemptions: readonly Exemption[] = [
  {
    file: 'test/operations/event-flow.test.ts',
    test: 'tells of an attempt that failed and will be made again, and with what',
    once: ['enqueue', 'run at once'],
    because: 'it counts how often a worker of its own, which always fails, was called',
  },
  {
    file: 'test/relay/lanes.test.ts',
    test: 'has one job of a lane running at a time, over all workers',
    once: ['run at once'],
    because: 'it counts the jobs that run at the same time',
  },
  {
    file: 'test/relay/lanes.test.ts',
    test: 'let nothing go that a relay adds before it sees the loss; Redis goes back to what it was',
    once: ['enqueue', 'run again', 'run at once'],
    because:
      'it copies Redis when it has counted every job as done, and would copy second ones in the middle',
  },
  {
    file: 'test/workers/batches.test.ts',
    test: 'a batch that fails is halved until the failing event stands alone; only that one is retried and given up',
    once: ['enqueue', 'run at once'],
    because: 'it counts the calls of a handler for the event that fails',
  },
];

/** What is done twice for a test, or for all that a file sets up, as AORTA_TWICE names it. */
export function partsFor(parts: readonly Part[], file: string, test?: string): string {
  const exempt = exemptions.filter((each) => each.file === file && (!each.test || each.test === test));
  const once = exempt.flatMap((each) => each.once);
  return parts.filter((part) => !once.includes(part)).join();
}
