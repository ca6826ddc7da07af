/** What a run puts under load: Aorta, or the recipe that it is compared with. */
import type { Recorded } from '../demo/verdict.ts';
import type { Client } from './clients.ts';
import type { Stage } from './inflict.ts';
import type { Wrong } from './judge.ts';
import type { WrongEffect } from './wrong-effect.ts';

export interface System extends AsyncDisposable {
  readonly stage: Stage;
  readonly clients: readonly Client[];
  /** It promises every client all events by position, and not only those of one aggregate */
  readonly inPositionOrder: boolean;
  /** Writes until it is stopped. */
  startWriting(): { stop(): Promise<void> };
  /** When nothing has moved for so long, nothing will, ms */
  readonly stallMs: number;
  /** Waits until everything that was set off has been done, or nothing moves any more. No faults, no writers by then. */
  settle(): Promise<void>;
  /** Everything committed, in position order, and what is wrong with it and with its effects */
  readTruth(): Promise<Truth>;
  /** What its processes did that they should not, such as ending by themselves */
  readonly mishaps: readonly string[];
}

export interface Truth {
  readonly recorded: readonly Recorded[];
  readonly wrongs: readonly Wrong[];
  readonly wrongEffects: readonly WrongEffect[];
}
