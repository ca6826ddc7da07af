import type {
  Client,
  ClientOptions,
  FormattedExecutionResult,
  Sink,
  SubscribePayload,
} from 'graphql-ws/client';
import type { Progress } from './progress.ts';
import type { BackoffOptions } from './socket/backoff.ts';

/** Those of graphql-ws's client; what differs has a comment here. */
export interface AortaClientOptions extends Omit<ClientOptions, 'retryWait' | 'connectionAckWaitTimeout'> {
  /** One that throws is asked again, after the same pauses as between attempts; `on.error` is told. */
  url: ClientOptions['url'];
  /** As `url` */
  connectionParams?: ClientOptions['connectionParams'];
  /** How many attempts in a row may fail before what is running ends with an error; default: no bound */
  retryAttempts?: number;
  /** Replaces `retryWait` */
  backoff?: BackoffOptions;
  /** A new socket that has not accepted the client after so long is given up for another, ms; default 10_000 */
  connectTimeout?: number;
  /** Pause between the client's pings, ms; above 0, default 10_000 */
  keepAlive?: number;
  /** A socket on which nothing arrives for `keepAlive` and then this long is replaced, ms; default 5_000 */
  pongTimeout?: number;
  /** How long a query or a mutation may take, the wait for a socket included, ms; default: no bound */
  requestTimeout?: number;
  /** How many results an iterator keeps that are not taken, before it lets the server wait; default 1_000 */
  maxWaiting?: number;
  /** How long a socket that nobody uses is kept, ms; default 1_000 */
  lazyCloseTimeout?: number;
  /** As `progress` of a sink, for all subscriptions: those that urql or Apollo Client begin have no other way. */
  onProgress?: (progress: Progress, payload: SubscribePayload) => void;
}

export interface AortaSink<Value> extends Sink<Value> {
  /** Told when the status changes, at first from `catching up`, of each try, and of cursors that come without a result. */
  progress?(progress: Progress): void;
}

/** What came next, with the progress after it; without a result when only the progress changed. */
export interface Step<Data, Extensions = unknown> extends Progress {
  readonly result?: FormattedExecutionResult<Data, Extensions>;
}

export interface RunOptions {
  /** Aborting ends the operation for both sides; its sink or iterator gets the signal's reason as the error. */
  readonly signal?: AbortSignal | undefined;
  /** In place of the client's `requestTimeout` */
  readonly timeoutMs?: number | undefined;
}

export interface IterateOptions extends RunOptions {
  /** In place of the client's `maxWaiting` */
  readonly maxWaiting?: number | undefined;
}

export interface StateOptions<State extends { readonly head: string }, Data> extends IterateOptions {
  /** Reads the state and `head`, in one request: `{ head account(id: "a") { balance } }` */
  readonly query: string;
  /** Tells the events that change it: `subscription { events { type payload } }` */
  readonly subscription: string;
  /** Of both */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Returns the state after an event, of which `data` has what the subscription selects. */
  readonly apply: (state: State, data: Data) => State;
  /**
   * Whether the state has the event already: what is read beside `head` may be newer than it, such as an account of a
   * later version. Not needed where applying an event twice does no harm.
   */
  readonly includes?: (state: State, data: Data) => boolean;
}

export interface StateStep<State> extends Progress {
  readonly state: State;
}

type Json = Record<string, unknown>;

/**
 * A client of graphql-ws to whoever takes one. Errors are AortaErrors. What callbacks and sinks throw is uncaught, and
 * harms no operation.
 */
export interface AortaClient extends Client {
  /**
   * Runs a subscription for ever: `extensions.after` of the payload says where it starts (default: from now on), and a
   * lost socket is replaced with no gap and no duplicate. What the API refuses for good is the sink's error. A query or
   * mutation is sent once; when its socket is lost before the answer came, the sink gets an AnswerLostError.
   */
  subscribe<Data = Json, Extensions = unknown>(
    payload: SubscribePayload,
    sink: AortaSink<FormattedExecutionResult<Data, Extensions>>,
    options?: RunOptions,
  ): () => void;
  /**
   * The results of `subscribe`. While too many wait to be taken, the server is made to wait, and resumed from the last
   * cursor; of a signal only the newest waits. Throws what would be the sink's error.
   */
  iterate<Data = Json, Extensions = unknown>(
    payload: SubscribePayload,
    options?: IterateOptions,
  ): AsyncIterableIterator<FormattedExecutionResult<Data, Extensions>, void, void>;
  /**
   * As `iterate`, with cursor and status: whoever keeps the cursor of a step that was handled can go on from there. Ends
   * when the cursor is expired. Throws after a step that is `refused`.
   */
  follow<Data = Json, Extensions = unknown>(
    payload: SubscribePayload,
    options?: IterateOptions,
  ): AsyncIterableIterator<Step<Data, Extensions>, void, void>;
  /** Returns the data of a query or a mutation. Throws an AortaError when there is any error in the answer, or no answer. */
  request<Data = Json>(payload: SubscribePayload, options?: RunOptions): Promise<Data>;
  /**
   * What is true now, and again after each event that changes it: a query that selects `head`, followed by the events
   * after it, none missing and none twice. Reads anew when the cursor has expired. Throws what is refused.
   */
  state<State extends { readonly head: string }, Data = Json>(
    options: StateOptions<State, Data>,
  ): AsyncIterableIterator<StateStep<State>, void, void>;
  /** Completes everything that runs, and closes the socket. */
  dispose(): Promise<void>;
}
