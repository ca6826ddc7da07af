import type { Sink, SubscribePayload } from 'graphql-ws/client';
import { AnswerLostError, AortaError, toError } from './errors.ts';
import type { Begin, Operation, Result } from './operation.ts';
import { outside } from './outside.ts';

export interface SendOnceOptions {
  readonly payload: SubscribePayload;
  readonly sink: Sink<Result>;
  readonly begin: Begin;
  /** A query, which changes nothing: asking again is safe whatever became of it */
  readonly isQuery: boolean;
  /** How long an answer may take, the wait for a socket included, ms */
  readonly timeoutMs: number | undefined;
}

/**
 * Runs a query or a mutation, which goes over the wire at most once: an effect that may have happened is not asked for
 * again behind the caller's back. It waits for a socket; when that socket is lost before the answer came, the sink gets
 * an AnswerLostError.
 */
export function sendOnce({ payload, sink, begin, isQuery, timeoutMs }: SendOnceOptions): Operation {
  let sent = false;
  let answered = false;
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const finish = (tell: () => void) => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    cancel();
    outside(tell);
  };
  const toJSON = () => {
    sent = true;
    return payload;
  };
  const operation: Operation = {
    pinged() {},
    retrying() {},
    pause() {},
    resume() {},
    lost(event) {
      if (!sent) return;
      finish(() => (answered ? sink.complete() : sink.error(new AnswerLostError(event, isQuery))));
    },
    fail: (error) => finish(() => sink.error(error)),
    end: () => finish(() => sink.complete()),
  };
  const cancel = begin(
    { ...payload, toJSON } as SubscribePayload,
    {
      next(result) {
        answered = true;
        if (!ended) outside(() => sink.next(result));
      },
      error: (error) => operation.fail(toError(error)),
      complete: operation.end,
    },
    operation,
  );
  if (timeoutMs !== undefined && timeoutMs < Number.POSITIVE_INFINITY) {
    timer = setTimeout(() => {
      const words = sent ? 'whether the operation ran is not known' : 'it was not sent';
      operation.fail(
        new AortaError(`No answer came within ${timeoutMs} ms: ${words}.`, {
          code: 'TIMED_OUT',
          retryable: isQuery || !sent,
        }),
      );
    }, timeoutMs);
  }
  return operation;
}
