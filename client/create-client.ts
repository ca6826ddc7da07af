import type { FormattedExecutionResult, Sink, SubscribePayload } from 'graphql-ws/client';
import { type Client, type ClientOptions, createClient } from 'graphql-ws/client';
import { askUntilAnswered } from './ask-until-answered.ts';
import { type BackoffOptions, createBackoff } from './backoff.ts';
import { toIterator } from './iterator.ts';
import { keepSubscribed } from './keep-subscribed.ts';
import type { Begin, Operation } from './operation.ts';
import { isSubscription } from './operation-type.ts';
import { outside } from './outside.ts';
import { afterResult, beginning, type Progress } from './progress.ts';
import { sendOnce } from './send-once.ts';
import { superviseSockets } from './supervised-socket.ts';

/** Those of graphql-ws's client; what differs has a comment here. */
export interface AortaClientOptions extends Omit<ClientOptions, 'retryWait'> {
  /** One that throws is asked again, after the same pauses as between attempts; `on.error` is told. */
  url: ClientOptions['url'];
  /** As `url` */
  connectionParams?: ClientOptions['connectionParams'];
  /** How many attempts in a row may fail before what is running ends with an error; default: no bound */
  retryAttempts?: number;
  /** Replaces `retryWait` */
  backoff?: BackoffOptions;
  /** Pause between the client's pings, ms; above 0, default 10_000 */
  keepAlive?: number;
  /** A socket on which nothing arrives for `keepAlive` and then this long is replaced, ms; default 5_000 */
  pongTimeout?: number;
  /** As `progress` of a sink, for all subscriptions: those that urql or Apollo Client begin have no other way. */
  onProgress?: (progress: Progress, payload: SubscribePayload) => void;
}

export interface AortaSink<Value> extends Sink<Value> {
  /** Told when the status changes, at first from `catching up`, and of cursors that come without a result. */
  progress?(progress: Progress): void;
}

/** What came next, with the progress after it; without a result when only the progress changed. */
export interface Step<Data, Extensions = unknown> extends Progress {
  readonly result?: FormattedExecutionResult<Data, Extensions>;
}

/** A client of graphql-ws to whoever takes one. What callbacks and sinks throw is uncaught, and harms no operation. */
export interface AortaClient extends Client {
  /**
   * Runs a subscription for ever: `extensions.after` of the payload says where it starts (default: from now on), and a
   * lost socket is replaced with no gap and no duplicate. A query or mutation is sent once; when its socket is lost
   * before the answer came, the sink gets an AnswerLostError.
   */
  subscribe<Data = Record<string, unknown>, Extensions = unknown>(
    payload: SubscribePayload,
    sink: AortaSink<FormattedExecutionResult<Data, Extensions>>,
  ): () => void;
  /** As `iterate`, with cursor and status: whoever keeps the cursor of a step that was handled can go on from there. */
  follow<Data = Record<string, unknown>, Extensions = unknown>(
    payload: SubscribePayload,
  ): AsyncIterableIterator<Step<Data, Extensions>, void, void>;
  /** Completes everything that runs, and closes the socket. */
  dispose(): Promise<void>;
}

/** Connects when first used, unless `lazy` is false. Throws when there is no WebSocket implementation. */
export function createAortaClient(options: AortaClientOptions): AortaClient {
  const {
    url,
    connectionParams,
    generateID,
    webSocketImpl,
    on,
    onProgress,
    backoff: pauses,
    ...rest
  } = options;
  const { keepAlive = 10_000, pongTimeout = 5_000, retryAttempts = Number.POSITIVE_INFINITY } = options;
  const { wait, stop } = createBackoff(pauses);
  const running = new Map<string, Operation>();
  let count = 0;
  let nextId: string;
  let connected = false;

  const asking = { wait, onError: (error: unknown) => outside(() => on?.error?.(error)) };
  const client = createClient({
    ...rest,
    // a token that cannot be had for a moment must not end subscriptions
    url: typeof url === 'function' ? askUntilAnswered(url, asking) : url,
    ...(typeof connectionParams === 'function'
      ? { connectionParams: askUntilAnswered(connectionParams, asking) }
      : connectionParams && { connectionParams }),
    keepAlive,
    retryAttempts,
    retryWait: wait,
    generateID: () => nextId,
    webSocketImpl: superviseSockets(webSocketImpl ?? globalThis.WebSocket, keepAlive + pongTimeout),
    ...(on && {
      on: Object.fromEntries(Object.entries(on).map(([event, listener]) => [event, guard(listener)])),
    }),
  });
  client.on('connected', () => {
    connected = true;
  });
  client.on('closed', (event) => {
    connected = false;
    for (const operation of [...running.values()]) operation.lost(event);
  });
  client.on('ping', (received, payload) => {
    if (!received) return;
    const { cursors = {}, catchingUp = [] } = (payload ?? {}) as ProgressPing;
    const behind = new Set(catchingUp);
    for (const [id, cursor] of Object.entries(cursors)) running.get(id)?.pinged(cursor, behind.has(id));
  });

  const begin: Begin = (payload, sink, operation) => {
    count += 1;
    const id = generateID?.(payload) ?? String(count);
    nextId = id; // graphql-ws asks for it at once
    running.set(id, operation);
    const cancel = client.subscribe(payload, sink);
    return () => {
      running.delete(id);
      cancel();
    };
  };

  const subscribe: AortaClient['subscribe'] = (payload, sink) => {
    if (!isSubscription(payload)) return sendOnce(payload, sink, begin).end;
    return keepSubscribed({
      payload,
      sink,
      begin,
      onProgress(progress) {
        outside(() => sink.progress?.(progress));
        outside(() => onProgress?.(progress, payload));
      },
      wait,
      maxAttempts: retryAttempts,
    }).end;
  };

  return {
    on: (event, listener) => client.on(event, guard(listener)),
    subscribe,
    iterate: <Data, Extensions>(payload: SubscribePayload) =>
      toIterator<FormattedExecutionResult<Data, Extensions>>(({ push, fail, end }) =>
        subscribe<Data, Extensions>(payload, { next: push, error: fail, complete: end }),
      ),
    follow: <Data, Extensions>(payload: SubscribePayload) =>
      toIterator<Step<Data, Extensions>>(({ push, fail, end }) => {
        let progress = beginning(payload);
        return subscribe<Data, Extensions>(payload, {
          next(result) {
            progress = afterResult(progress, result);
            push({ ...progress, result });
          },
          progress(told) {
            progress = told;
            push(told);
          },
          error: fail,
          complete: end,
        });
      }),
    terminate: () => client.terminate(),
    async dispose() {
      for (const operation of [...running.values()]) operation.end();
      stop();
      const disposed = Promise.resolve(client.dispose());
      if (connected) return disposed;
      // it waits for the connection that is being made, and rejects when none comes
      disposed.catch(() => {});
      client.terminate();
    },
  };
}

/** The payload of the server's pings: cursors by operation id, and which of these are not yet live */
interface ProgressPing {
  readonly cursors?: Readonly<Record<string, string>>;
  readonly catchingUp?: readonly string[];
}

// biome-ignore lint/suspicious/noExplicitAny: listeners of every event
function guard<Listener extends (...args: any[]) => void>(listener: Listener): Listener {
  return ((...args) => outside(() => listener(...args))) as Listener;
}
