/** Clients of the public API, as outside programs use it. */
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { until } from './until.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a test selects has no type here; its expectations are the check
type Answered = any;

export interface GraphQLAnswer<Data = Record<string, Answered>> {
  readonly data: Data;
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, Answered> }[];
  readonly extensions: Record<string, Answered>;
}

/** Sends one operation over HTTP. */
export async function request(apiUrl: string, query: string, variables: object = {}): Promise<GraphQLAnswer> {
  const response = await fetch(`${apiUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphQLAnswer;
}

export interface Subscription extends AsyncDisposable {
  /** Everything received so far */
  readonly results: readonly GraphQLAnswer[];
  /** Progress cursors received with keep-alives */
  readonly progress: readonly string[];
  readonly ended: boolean;
  /** Gives the results once there are `count`. */
  take(count: number, timeoutMs?: number): Promise<readonly GraphQLAnswer[]>;
  close(): Promise<void>;
}

/** Subscribes over WebSocket with graphql-ws's own client, on a socket of its own. It does not reconnect. */
export function subscribe(apiUrl: string, query: string, variables: object = {}): Subscription {
  const results: GraphQLAnswer[] = [];
  const progress: string[] = [];
  let ended = false;
  const client = createClient({
    url: `${apiUrl.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazy: true,
    on: {
      ping(received, payload) {
        const cursors = (payload as { cursors?: Record<string, string> } | undefined)?.cursors ?? {};
        if (received) progress.push(...Object.values(cursors));
      },
    },
  });
  client.subscribe(
    { query, variables: { ...variables } },
    {
      next: (result) => void results.push(result as unknown as GraphQLAnswer),
      error: (errors) => {
        ended = true;
        if (Array.isArray(errors)) results.push({ data: {}, errors, extensions: {} } as GraphQLAnswer);
      },
      complete: () => {
        ended = true;
      },
    },
  );
  const close = async () => void (await client.dispose());
  return {
    results,
    progress,
    get ended() {
      return ended;
    },
    async take(count, timeoutMs) {
      await until(() => results.length >= count, {
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        message: () => `${count} results arrive; so far ${results.length}: ${JSON.stringify(results.at(-1))}`,
      });
      return results.slice(0, count);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
