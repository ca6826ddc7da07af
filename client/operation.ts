import type { FormattedExecutionResult, Sink, SubscribePayload } from 'graphql-ws/client';

// biome-ignore lint/suspicious/noExplicitAny: what a document selects is known to the caller only
export type Result = FormattedExecutionResult<any, any>;

/** What a running operation is told beside its results. */
export interface Operation {
  /** The server's ping has a cursor for it */
  pinged(cursor: string, catchingUp: boolean): void;
  /** The socket is gone, and graphql-ws is about to send the payload again on the next one */
  lost(event: unknown): void;
  /** Ends it for both sides, and completes its sink. */
  end(): void;
}

/** Sends the payload, again on every socket for as long as it is not ended. Gives what ends it. */
export type Begin = (payload: SubscribePayload, sink: Sink<Result>, operation: Operation) => () => void;
