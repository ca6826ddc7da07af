/** How long a request may take, and what ends it before: its client has given it up, or its time is over. */
import { DomainError } from '../platform/errors.ts';
import { type Requester, runFor } from '../platform/requester.ts';

export interface Limited {
  readonly requester: Requester;
  /** Aborted when the client has given up */
  readonly givenUp?: AbortSignal | undefined;
}

/**
 * Runs the work for its client, and aborts what it reads when the client gives it up or `ms` have passed. What is written
 * comes to its end: `work` is given no signal then. Nothing of it is aborted once it has settled.
 */
export async function withinTime<Result>(
  { requester, givenUp }: Limited,
  ms: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const giveUp = () => controller.abort(clientIsGone());
  const timer = setTimeout(() => controller.abort(timeIsOver(ms)), ms);
  givenUp?.addEventListener('abort', giveUp, { once: true });
  if (givenUp?.aborted) giveUp();
  const { signal } = controller;
  try {
    return await runFor({ requester, signal }, () => work(signal));
  } finally {
    clearTimeout(timer);
    givenUp?.removeEventListener('abort', giveUp);
  }
}

const timeIsOver = (ms: number) =>
  new DomainError('UNAVAILABLE', `This took longer than ${ms / 1000} s. Ask for less, or try again.`, {
    retryable: true,
  });

export const clientIsGone = () =>
  new DomainError('UNAVAILABLE', 'The client has given this up. What had not begun was not done.', {
    retryable: true,
  });
