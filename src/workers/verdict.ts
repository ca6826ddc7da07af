import { backoffMs } from '../platform/backoff.ts';
import { PermanentError, WaitError } from './errors.ts';
import { type Reaction, retryOf } from './reaction.ts';

/** What to do about an event that was not handled; times in ms. */
export type Verdict =
  | { readonly is: 'wait'; readonly ms: number } // no attempt is used up
  | { readonly is: 'retry'; readonly ms: number }
  | { readonly is: 'poison' };

/** `attempt` is the one that ended with the error, 1 for the first. */
export function judge(reaction: Reaction, error: unknown, attempt: number): Verdict {
  if (error instanceof WaitError) return { is: 'wait', ms: error.waitMs };
  const retry = retryOf(reaction);
  const isLast = error instanceof PermanentError || attempt >= retry.attempts;
  if (isLast && reaction.onPoison !== 'hold') return { is: 'poison' };
  return { is: 'retry', ms: backoffMs(attempt, retry) };
}
