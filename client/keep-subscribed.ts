import type { Sink, SubscribePayload } from 'graphql-ws/client';
import type { Begin, Operation, Result } from './operation.ts';
import { outside } from './outside.ts';
import { afterLoss, afterPing, afterResult, beginning, type Progress } from './progress.ts';

export interface KeepSubscribedOptions {
  readonly payload: SubscribePayload;
  readonly sink: Sink<Result>;
  readonly begin: Begin;
  /** Told of every change of status, and of cursors that come without a result. Must not throw. */
  readonly onProgress: (progress: Progress) => void;
  readonly wait: (attempt: number) => Promise<void>;
  readonly maxAttempts: number;
}

/**
 * Runs a subscription over as many sockets as it takes: every result reaches the sink once and in order, as each time
 * the payload is sent it names the newest cursor. It is also begun again when the server ended it for a reason that
 * passes (`retryable`).
 */
export function keepSubscribed(options: KeepSubscribedOptions): Operation {
  const { payload, sink, begin, onProgress, wait, maxAttempts } = options;
  let progress = beginning(payload);
  let failures = 0;
  let ended = false;
  let cancel = () => {};

  const note = (next: Progress, tell = next.status !== progress.status) => {
    progress = next;
    if (tell) onProgress(next);
  };
  const finish = (tell: () => void) => {
    if (ended) return;
    ended = true;
    cancel();
    outside(tell);
  };
  const toJSON = () => {
    const { cursor } = progress;
    return cursor === undefined
      ? payload
      : { ...payload, extensions: { ...payload.extensions, after: cursor } };
  };
  const operation: Operation = {
    pinged(cursor, catchingUp) {
      if (ended) return;
      const next = afterPing(progress, cursor, catchingUp);
      if (!catchingUp) failures = 0;
      note(next, next.status !== progress.status || next.cursor !== progress.cursor);
    },
    lost() {
      if (!ended) note(afterLoss(progress));
    },
    end: () => finish(() => sink.complete()),
  };

  const start = () => {
    let interruption: Result | undefined;
    cancel();
    cancel = begin(
      { ...payload, toJSON } as SubscribePayload,
      {
        next(result) {
          if (ended) return;
          interruption = isInterruption(result) ? result : undefined;
          if (interruption) return;
          failures = 0;
          note(afterResult(progress, result));
          outside(() => sink.next(result));
          if (progress.status === 'expired') operation.end();
        },
        error(error) {
          if (isRetryable(error)) startAgain(() => sink.error(error));
          else finish(() => sink.error(error));
        },
        complete() {
          if (!interruption) return operation.end();
          const result = interruption;
          startAgain(() => {
            sink.next(result);
            sink.complete();
          });
        },
      },
      operation,
    );
  };
  const startAgain = (giveUp: () => void) => {
    if (ended) return;
    if (failures >= maxAttempts) return finish(giveUp);
    note(afterLoss(progress));
    void wait(failures).then(() => {
      if (!ended) start();
    });
    failures += 1;
  };
  start();
  return operation;
}

/** What the server says when it cannot go on for now; its `complete` follows. */
function isInterruption({ data, errors }: Result): boolean {
  return data === undefined && isRetryable(errors);
}

function isRetryable(errors: unknown): boolean {
  return Array.isArray(errors) && errors.some((error) => error?.extensions?.retryable === true);
}
