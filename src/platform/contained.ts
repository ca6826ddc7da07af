import { stackOf } from './failures/text.ts';
import type { Logger } from './logger.ts';

export interface Containment {
  /**
   * Gives the callback in a form that never throws: what it throws, or what its promise rejects with, ends what it
   * belongs to.
   */
  wrap<Args extends readonly unknown[]>(callback: (...args: Args) => unknown): (...args: Args) => void;
  /** Ends what the fault belongs to. Only the first one is logged, with its stack. Never throws. */
  fail(error: unknown): void;
}

/**
 * What a timer, a socket or a stream calls has nobody above it: a throw there would end the process, and with it every
 * other client. All such callbacks run through here, and a throw ends `what`, which is what they belong to, alone.
 */
export function containTo(what: string, logger: Logger, end: (error: unknown) => void): Containment {
  let failed = false;
  const fail = (error: unknown) => {
    if (failed) return;
    failed = true;
    logger.error({ what, error: stackOf(error) }, 'contained.fault');
    try {
      end(error);
    } catch (cause) {
      logger.error({ what, error: stackOf(cause) }, 'contained.not_ended');
    }
  };
  return {
    fail,
    wrap:
      (callback) =>
      (...args) => {
        try {
          const returned = callback(...args);
          if (returned instanceof Promise) returned.catch(fail);
        } catch (error) {
          fail(error);
        }
      },
  };
}
