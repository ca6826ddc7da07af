import type { FormattedExecutionResult, Sink, SubscribePayload } from 'graphql-ws/client';
import type { Retry } from './progress.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a document selects is known to the caller only
export type Result = FormattedExecutionResult<any, any>;

/** What a running operation is told beside its results. */
export interface Operation {
  /** The server's ping has a cursor for it */
  pinged(cursor: string, catchingUp: boolean): void;
  /** The socket is gone, and graphql-ws is about to send the payload again on the next one */
  lost(event: unknown): void;
  /** There is no socket, and this is when the next is tried */
  retrying(retry: Retry): void;
  /** Takes nothing in until `resume`, and goes on there without a gap. Of no effect on a query or a mutation. */
  pause(): void;
  resume(): void;
  /** Ends it for both sides, and its sink with the error. */
  fail(error: unknown): void;
  /** Ends it for both sides, and completes its sink. */
  end(): void;
}

/** Sends the payload, again on every socket for as long as it is not ended. Returns what ends it. */
export type Begin = (payload: SubscribePayload, sink: Sink<Result>, operation: Operation) => () => void;
