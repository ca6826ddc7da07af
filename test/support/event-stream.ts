/** Server-Sent Events as a program without an EventSource reads them: every message as it stands, ids included. */
import type { GraphQLAnswer } from './graphql-client.ts';
import { until } from './until.ts';

/** One message of the stream; a field that is missing was not sent. */
export interface StreamMessage {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

export interface EventStream extends AsyncDisposable {
  /** Everything received so far, keep-alives with a progress cursor included, comments left out */
  readonly messages: readonly StreamMessage[];
  /** What `next` messages held */
  readonly results: readonly GraphQLAnswer[];
  /** The id that an EventSource would reconnect with */
  readonly lastId: string | undefined;
  readonly ended: boolean;
  /** Gives the results once there are `count`. */
  take(count: number, timeoutMs?: number): Promise<readonly GraphQLAnswer[]>;
  /** Settles once the connection is gone. */
  close(): Promise<void>;
}

export interface EventStreamRequest {
  readonly variables?: object;
  readonly lastEventId?: string | undefined;
  readonly authorization?: string;
}

/** Subscribes over SSE with a POST. It does not reconnect. */
export function openEventStream(
  apiUrl: string,
  query: string,
  { variables = {}, lastEventId, authorization }: EventStreamRequest = {},
): EventStream {
  const cut = new AbortController();
  const messages: StreamMessage[] = [];
  const results: GraphQLAnswer[] = [];
  let ended = false;

  const read = async () => {
    const response = await fetch(`${apiUrl}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: JSON.stringify({ query, variables }),
      signal: cut.signal,
    });
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const parts = `${text}${chunk}`.split('\n\n');
      text = parts.pop()!;
      for (const message of parts.map(parseMessage)) {
        if (Object.keys(message).length > 0) messages.push(message);
        if (message.event === 'next') results.push(JSON.parse(message.data!));
      }
    }
  };
  // a stream ends by its server, by `close`, or by a connection that breaks: all the same here
  const finished = read()
    .catch(() => {})
    .then(() => {
      ended = true;
    });

  const close = () => {
    cut.abort();
    return finished;
  };
  return {
    messages,
    results,
    get lastId() {
      return messages.findLast((message) => message.id !== undefined)?.id;
    },
    get ended() {
      return ended;
    },
    async take(count, timeoutMs) {
      await until(() => results.length >= count, {
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        message: () =>
          `${count} results arrive; so far ${results.length}: ${JSON.stringify(messages.at(-1))}`,
      });
      return results.slice(0, count);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function parseMessage(text: string): StreamMessage {
  const fields = text
    .split('\n')
    .filter((line) => !line.startsWith(':'))
    .map((line) => /^(\w+): ?(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, name, value]) => [name!, value!]);
  return Object.fromEntries(fields);
}
