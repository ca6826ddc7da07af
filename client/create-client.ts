import { createClient } from 'graphql-ws/client';
import type { CloseEventLike } from './errors.ts';
import { answerOf, type Run, resultsOf, stepsOf } from './iterate.ts';
import { keepSubscribed } from './keep-subscribed.ts';
import type { Begin, Operation, Result } from './operation.ts';
import { operationTypeOf } from './operation-type.ts';
import type { AortaClient, AortaClientOptions, AortaSink } from './options.ts';
import { outside } from './outside.ts';
import type { Progress } from './progress.ts';
import { sendOnce } from './send-once.ts';
import { askUntilAnswered } from './socket/ask-until-answered.ts';
import { createBackoff } from './socket/backoff.ts';
import { onWake } from './socket/on-wake.ts';
import { createReconnection } from './socket/reconnection.ts';
import { superviseSockets } from './socket/supervised-socket.ts';
import { stateThenEvents } from './state.ts';

/** Connects when first used, unless `lazy` is false. Throws when there is no WebSocket implementation. */
export function createAortaClient(options: AortaClientOptions): AortaClient {
  const { connectTimeout, requestTimeout, maxWaiting, onProgress, backoff: pauses, ...rest } = options;
  const bound = { maxWaiting };
  const { url, connectionParams, generateID, webSocketImpl, on, shouldRetry = () => true } = rest;
  const { keepAlive = 10_000, pongTimeout = 5_000, retryAttempts = Number.POSITIVE_INFINITY } = rest;
  const backoff = createBackoff(pauses);
  const { wait } = backoff;
  /** Everything that has not ended, and of it by id what the server knows */
  const operations = new Set<Operation>();
  const running = new Map<string, Operation>();
  let count = 0;
  let nextId: string;

  const reconnection = createReconnection({
    wait,
    retrying: (retry) => each((operation) => operation.retrying(retry)),
    refuse: (error) => each((operation) => operation.fail(error)),
  });
  const sockets = superviseSockets(webSocketImpl ?? globalThis.WebSocket, {
    silentAfterMs: keepAlive + pongTimeout,
    connectTimeoutMs: connectTimeout ?? 10_000,
    answerWithinMs: pongTimeout,
    onConnecting: reconnection.connecting,
  });
  const asking = { wait, onError: (error: unknown) => outside(() => on?.error?.(error)) };
  const client = createClient({
    lazyCloseTimeout: 1_000,
    ...rest,
    // a token that cannot be had for a moment must not end subscriptions
    url: typeof url === 'function' ? askUntilAnswered(url, asking) : url,
    ...(typeof connectionParams === 'function'
      ? { connectionParams: askUntilAnswered(connectionParams, asking) }
      : connectionParams && { connectionParams }),
    keepAlive,
    retryAttempts,
    retryWait: reconnection.pause,
    shouldRetry: (event) => !reconnection.givenUp && shouldRetry(event),
    generateID: () => nextId,
    webSocketImpl: sockets.WebSocket,
    ...(on && {
      on: Object.fromEntries(Object.entries(on).map(([event, listener]) => [event, guard(listener)])),
    }),
  });
  client.on('opened', reconnection.opened);
  client.on('connected', reconnection.connected);
  client.on('closed', (event) => {
    reconnection.closed(event as CloseEventLike);
    for (const operation of [...running.values()]) operation.lost(event);
  });
  client.on('ping', (received, payload) => {
    if (!received) return;
    const { cursors = {}, catchingUp = [] } = (payload ?? {}) as ProgressPing;
    const behind = new Set(catchingUp);
    for (const [id, cursor] of Object.entries(cursors)) running.get(id)?.pinged(cursor, behind.has(id));
  });
  const sleepAgain = onWake(() => {
    sockets.check();
    reconnection.hurry(pongTimeout + 1_000); // if what is checked turns out to be lost
    backoff.wake();
  });

  function each(tell: (operation: Operation) => void): void {
    for (const operation of [...operations]) tell(operation);
  }

  const begin: Begin = (payload, sink, operation) => {
    count += 1;
    const id = generateID?.(payload) ?? String(count);
    nextId = id; // graphql-ws asks for it at once
    running.set(id, operation);
    const cancel = client.subscribe(payload, sink);
    return () => {
      if (running.get(id) === operation) running.delete(id);
      cancel();
    };
  };

  const run: Run = (payload, given, { signal, timeoutMs = requestTimeout } = {}) => {
    const forget = () => {
      operations.delete(operation);
      signal?.removeEventListener('abort', abort);
    };
    const sink: AortaSink<Result> = {
      next: (result) => given.next(result),
      error(error) {
        forget();
        given.error(error);
      },
      complete() {
        forget();
        given.complete();
      },
    };
    const kind = operationTypeOf(payload);
    const tellProgress = (progress: Progress) => {
      outside(() => given.progress?.(progress));
      outside(() => onProgress?.(progress, payload));
    };
    const operation =
      kind === 'subscription'
        ? keepSubscribed({ payload, sink, begin, onProgress: tellProgress, wait, maxAttempts: retryAttempts })
        : sendOnce({ payload, sink, begin, isQuery: kind === 'query', timeoutMs });
    const abort = () => operation.fail(signal?.reason);
    operations.add(operation);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) queueMicrotask(abort);
    return operation;
  };

  const request: AortaClient['request'] = (payload, options) => answerOf(run, payload, options);
  const follow: AortaClient['follow'] = (payload, options) => stepsOf(run, payload, { ...bound, ...options });

  return {
    on: (event, listener) => client.on(event, guard(listener)),
    subscribe: (payload, sink, options) => run(payload, sink, options).end,
    iterate: (payload, options) => resultsOf(run, payload, { ...bound, ...options }),
    follow,
    request,
    state: (options) => stateThenEvents({ request, follow }, wait, options),
    terminate: () => client.terminate(),
    async dispose() {
      sleepAgain();
      each((operation) => operation.end());
      backoff.stop();
      const disposed = Promise.resolve(client.dispose());
      if (reconnection.isConnected) return disposed;
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
