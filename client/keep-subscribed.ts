import type { Sink, SubscribePayload } from 'graphql-ws/client';
import { AortaError, errorOfApi, toError } from './errors.ts';
import type { Begin, Operation, Result } from './operation.ts';
import { outside } from './outside.ts';
import {
  afterLoss,
  afterPing,
  afterRefusal,
  afterResult,
  beginning,
  cursorOf,
  type Progress,
} from './progress.ts';
import type { Wait } from './socket/backoff.ts';

export interface KeepSubscribedOptions {
  readonly payload: SubscribePayload;
  readonly sink: Sink<Result>;
  readonly begin: Begin;
  /** Told of every change of status, of each try, and of cursors that come without a result. Must not throw. */
  readonly onProgress: (progress: Progress) => void;
  readonly wait: Wait;
  readonly maxAttempts: number;
}

/**
 * Runs a subscription over as many sockets as it takes: every result reaches the sink once and in order, as each time
 * the payload is sent it names the newest cursor. It is also begun again when the server ended it for a reason that
 * passes (`retryable`); any other ends it with an AortaError.
 */
export function keepSubscribed(options: KeepSubscribedOptions): Operation {
  const { payload, sink, begin, onProgress, wait, maxAttempts } = options;
  let progress = beginning(payload);
  let failures = 0;
  let ended = false;
  let paused = false;
  /** Of what was begun last: what an earlier one still brings does not count */
  let round = 0;
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
    retrying(retry) {
      if (!ended && !paused) note(afterLoss(progress, retry), true);
    },
    pause() {
      if (ended || paused) return;
      paused = true;
      round += 1;
      cancel();
      note(afterLoss(progress));
    },
    resume() {
      if (ended || !paused) return;
      paused = false;
      start();
    },
    fail(error) {
      if (!ended && error instanceof AortaError) note(afterRefusal(progress, error));
      finish(() => sink.error(error));
    },
    end: () => finish(() => sink.complete()),
  };

  const start = () => {
    let refusal: AortaError | undefined;
    cancel();
    round += 1;
    const own = round;
    cancel = begin(
      { ...payload, toJSON } as SubscribePayload,
      {
        next(result) {
          if (ended || own !== round) return;
          const next = afterResult(progress, result);
          // it could not begin, or cannot go on; its `complete` follows
          const isRefusal = result.data === undefined && cursorOf(result) === undefined;
          refusal = isRefusal && next.status !== 'expired' ? errorOfApi(result.errors ?? []) : undefined;
          if (refusal) return;
          failures = 0;
          note(next);
          outside(() => sink.next(result));
          if (progress.status === 'expired') operation.end();
        },
        error(error) {
          if (own === round) stop(toError(error));
        },
        complete() {
          if (own !== round) return;
          if (refusal) stop(refusal);
          else operation.end();
        },
      },
      operation,
    );
  };
  const stop = (error: AortaError) => {
    // a close event is graphql-ws's last word: it has tried as often as it may
    const passes = error.retryable && error.closeCode === undefined;
    if (!passes || failures >= maxAttempts) return operation.fail(error);
    if (ended) return;
    failures += 1;
    const own = round;
    const plan = (nextTryAt: number) =>
      note(afterLoss(progress, { attempt: failures, reason: error.message, nextTryAt }), true);
    void wait(failures - 1, { plan, atLeastMs: error.retryAfterMs }).then(() => {
      if (!ended && own === round) start();
    });
  };
  start();
  return operation;
}
