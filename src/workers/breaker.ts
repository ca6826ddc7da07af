/**
 * A circuit breaker around a handler's calls to another system. While that is in trouble the worker waits instead of
 * burning attempts. Every process has its own; make one per system, once, outside of handlers.
 */
import { CircuitState, ConsecutiveBreaker, CountBreaker, circuitBreaker, handleType } from 'cockatiel';
import { Gauge, type Registry } from 'prom-client';
import { aborted } from '../platform/aborted.ts';
import { messageOf } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';
import { PermanentError, WaitError } from './errors.ts';
import type { HandlerContext } from './reaction.ts';

export type BreakerState = 'closed' | 'half open' | 'open';

export interface BreakerOptions {
  /** Of the other system, in logs and metrics */
  readonly name: string;
  /** What opens it: so many failures in a row, or more than a share (between 0 and 1) of the last calls */
  readonly failures: { readonly inARow: number } | { readonly share: number; readonly ofLast: number };
  /** How long it stays open before it lets one call through */
  readonly openMs: number;
  /** A call that takes longer has failed. Keep it below the reaction's own `timeoutMs`. Default 5_000 */
  readonly timeoutMs?: number;
  /** Whether an error says that the other side is in trouble. Default: every error but PermanentError */
  readonly isFailure?: (error: unknown) => boolean;
}

export interface Breaker {
  readonly name: string;
  readonly state: BreakerState;
  /**
   * Runs the call and gives what it gives. Throws BreakerOpenError at once, without a call, while the breaker is open or
   * its one trial is under way, and in place of a failure that leaves it open, which is its cause then. Else it throws
   * what the call throws, or CallTimeoutError after `timeoutMs`; and the signal's reason as soon as the worker aborts, which
   * says nothing about the other side. The call should end with the signal that it is given: what it still does after
   * that is not heard.
   */
  call<Value>(
    context: Pick<HandlerContext, 'signal' | 'logger'>,
    work: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value>;
}

/** The other side is in trouble: the event waits until it is asked again, and no attempt is used up. */
export class BreakerOpenError extends WaitError {
  override readonly name = 'BreakerOpenError';
}

/** The other side did not answer in time. */
export class CallTimeoutError extends Error {
  override readonly name = 'CallTimeoutError';
}

const trialWaitMs = 1_000; // when others may ask again while one call is let through, unless `openMs` is less

/** Throws RangeError for numbers that make no sense. */
export function createBreaker(options: BreakerOptions): Breaker {
  const {
    name,
    openMs,
    timeoutMs = 5_000,
    isFailure = (error) => !(error instanceof PermanentError),
  } = options;
  if (!(openMs > 0 && timeoutMs > 0)) throw new RangeError(`breaker "${name}": its times must be above 0`);
  const rule = ruleOf(options);
  const policy = circuitBreaker(handleType(Failure), { halfOpenAfter: openMs, breaker: rule });
  let openedAt = 0;
  let logger: Logger | undefined; // of the newest call: only calls change the state
  policy.onBreak(() => {
    openedAt = Date.now();
  });
  policy.onStateChange((state) => {
    const failure = state === CircuitState.Open ? policy.lastFailure : undefined;
    const error = failure && 'error' in failure ? { error: failure.error.message } : {};
    logger?.[failure ? 'warn' : 'info']({ breaker: name, state: states[state], ...error }, 'breaker.changed');
  });

  const openError = (cause?: unknown): BreakerOpenError =>
    new BreakerOpenError(`${name} is in trouble`, clamp(openedAt + openMs - Date.now(), openMs), { cause });
  const refuse = (): void => {
    if (policy.state === CircuitState.Open && Date.now() < openedAt + openMs) throw openError();
    // the library would hold them back until the trial is over, in the middle of their transactions
    if (policy.state === CircuitState.HalfOpen) {
      throw new BreakerOpenError(`${name} is being tried again`, Math.min(trialWaitMs, openMs));
    }
  };
  const breaker: Breaker = {
    name,
    get state() {
      return states[policy.state];
    },
    async call(context, work) {
      const { signal } = context;
      signal.throwIfAborted();
      refuse();
      logger = context.logger;
      const isTrial = policy.state === CircuitState.Open;
      const judged = async () => {
        try {
          return await runWithin(timeoutMs, signal, work);
        } catch (error) {
          // a trial that was aborted has shown nothing: the breaker stays open
          if (signal.aborted ? isTrial : isFailure(error)) throw new Failure(error);
          if (!signal.aborted) rule.success(policy.state); // it refused, so it is there
          throw error;
        }
      };
      return policy.execute(judged).catch((error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        const isOpen = policy.state === CircuitState.Open && !signal.aborted;
        throw isOpen ? openError(error.cause) : error.cause;
      });
    },
  };
  breakers.push(breaker);
  return breaker;
}

/** Shows the breakers of this process. Call it once for a registry. */
export function showBreakers(registry: Registry): void {
  new Gauge({
    name: 'aorta_breaker_state',
    help: 'Whether a handler asks another system: 0 closed (it does), 1 half open (one call), 2 open (it waits)',
    labelNames: ['breaker'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { name, state } of breakers) this.set({ breaker: name }, levels[state]);
    },
  });
}

const breakers: Breaker[] = [];
const levels: Readonly<Record<BreakerState, number>> = { closed: 0, 'half open': 1, open: 2 };
const states: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
};

const clamp = (ms: number, most: number) => Math.min(Math.max(ms, 1), most);

/** What counts for the breaker. */
class Failure extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
  }
}

function ruleOf({ name, failures }: BreakerOptions): ConsecutiveBreaker | CountBreaker {
  if ('share' in failures) return new CountBreaker({ threshold: failures.share, size: failures.ofLast });
  if (!(failures.inARow >= 1)) throw new RangeError(`breaker "${name}": it opens after 1 failure or more`);
  return new ConsecutiveBreaker(failures.inARow);
}

async function runWithin<Value>(
  timeoutMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const call = new AbortController();
  const stop = () => call.abort(signal.reason);
  const expire = () => call.abort(new CallTimeoutError(`no answer within ${timeoutMs} ms`));
  const timer = setTimeout(expire, timeoutMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    // what does not listen to its signal ends here all the same
    return await Promise.race([
      work(call.signal),
      aborted(call.signal).then(() => Promise.reject(call.signal.reason)),
    ]);
  } catch (error) {
    throw call.signal.aborted ? call.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
