import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from './backoff.ts';
import { logged } from './failures/text.ts';
import type { Logger } from './logger.ts';
import { recordLoop } from './loop-states.ts';

export interface Loop {
  /** Runs the next turn now instead of after its pause. */
  wake(): void;
  /** Ends after the turn in hand. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  readonly name: string;
  readonly logger: Logger;
  /** One turn; gives how long to pause before the next, in ms. 0 goes on at once. */
  readonly turn: (signal: AbortSignal) => Promise<number>;
  /** Upper bound of the back-off after turns that threw, in ms */
  readonly maxBackoffMs?: number;
}

/**
 * Runs turns until stopped. A turn that throws is logged and tried again after a jittered, growing pause; readiness and
 * metrics tell of it meanwhile.
 */
export function startLoop(options: LoopOptions): Loop {
  const { name, logger, turn, maxBackoffMs = 2_000 } = options;
  const stopping = new AbortController();
  const record = recordLoop(name);
  let failures = 0;
  let failedFor: string | undefined;
  let nudged = false;
  let endPause = () => {};

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async () => {
    while (!stopping.signal.aborted) {
      nudged = false;
      record.turning();
      try {
        const pauseMs = await turn(stopping.signal);
        if (failures > 0) logger.info({ loop: name, failures }, 'loop.recovered');
        failures = 0;
        failedFor = undefined;
        record.passed();
        // a wake that came during the turn counts: what it told of may be younger than the turn's reads
        if (pauseMs > 0 && !nudged && !stopping.signal.aborted) await pause(pauseMs);
      } catch (error) {
        if (stopping.signal.aborted) break;
        failures += 1;
        const pauseMs = backoffMs(failures, { firstMs: 50, maxMs: maxBackoffMs });
        const reason = record.failed(error, pauseMs);
        // one line for an outage, and one more when it turns into another
        const level = reason === failedFor ? 'debug' : 'warn';
        failedFor = reason;
        logger[level]({ loop: name, failures, reason, ...logged(error) }, 'loop.failed');
        // a nudge must not shorten a back-off
        await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  };

  const finished = run().finally(record.ended);
  const wake = () => {
    nudged = true;
    endPause();
  };
  return {
    wake,
    async stop() {
      stopping.abort();
      wake();
      await finished;
    },
  };
}
