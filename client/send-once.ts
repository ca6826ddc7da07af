import type { Sink, SubscribePayload } from 'graphql-ws/client';
import type { Begin, Operation, Result } from './operation.ts';
import { outside } from './outside.ts';

/** The socket was lost between a query or mutation and its answer. `cause` is the close event. */
export class AnswerLostError extends Error {
  readonly code = 'ANSWER_LOST';

  constructor(event: unknown) {
    super('The socket was lost before the answer came: whether the operation ran is not known.', {
      cause: event,
    });
  }
}

/**
 * Runs a query or a mutation, which goes over the wire at most once: an effect that may have happened is not asked for
 * again behind the caller's back. It waits for a socket as long as it takes; when that socket is lost before the
 * answer came, the sink gets an AnswerLostError.
 */
export function sendOnce(payload: SubscribePayload, sink: Sink<Result>, begin: Begin): Operation {
  let sent = false;
  let answered = false;
  let ended = false;
  const finish = (tell: () => void) => {
    if (ended) return;
    ended = true;
    cancel();
    outside(tell);
  };
  const toJSON = () => {
    sent = true;
    return payload;
  };
  const operation: Operation = {
    pinged() {},
    lost(event) {
      if (!sent) return;
      finish(() => (answered ? sink.complete() : sink.error(new AnswerLostError(event))));
    },
    end: () => finish(() => sink.complete()),
  };
  const cancel = begin(
    { ...payload, toJSON } as SubscribePayload,
    {
      next(result) {
        answered = true;
        if (!ended) outside(() => sink.next(result));
      },
      error: (error) => finish(() => sink.error(error)),
      complete: operation.end,
    },
    operation,
  );
  return operation;
}
