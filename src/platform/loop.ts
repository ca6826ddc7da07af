import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from './errors.ts';
import type { Logger } from './logger.ts';

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

/** Runs turns until stopped. A turn that throws is logged and tried again after a jittered, growing pause. */
export function startLoop(options: LoopOptions): Loop {
  const { name, logger, turn, maxBackoffMs = 2_000 } = options;
  const stopping = new AbortController();
  let failures = 0;
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
      try {
        const pauseMs = await turn(stopping.signal);
        if (failures > 0) logger.info({ loop: name, failures }, 'loop.recovered');
        failures = 0;
        // a wake that came during the turn counts: what it told of may be younger than the turn's reads
        if (pauseMs > 0 && !nudged && !stopping.signal.aborted) await pause(pauseMs);
      } catch (error) {
        if (stopping.signal.aborted) break;
        failures += 1;
        const log = failures === 1 ? logger.warn.bind(logger) : logger.debug.bind(logger);
        log({ loop: name, failures, error: messageOf(error) }, 'loop.failed');
        const backoffMs = Math.min(maxBackoffMs, 25 * 2 ** Math.min(failures, 10));
        // a nudge must not shorten a back-off
        await delay(backoffMs * (0.5 + Math.random() / 2), undefined, { signal: stopping.signal }).catch(
          () => {},
        );
      }
    }
  };

  const finished = run();
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
