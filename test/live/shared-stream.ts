/** One event stream with several operations, spoken by hand: every message as it stands. */
import type { GraphQLAnswer } from '../support/graphql-client.ts';
import { until } from '../support/until.ts';

export const tokenHeader = 'x-graphql-event-stream-token';

export interface Ping {
  readonly cursors: Readonly<Record<string, string>>;
  readonly catchingUp?: readonly string[];
}

interface Who {
  readonly authorization?: string | undefined;
}

export async function reserve(apiUrl: string, { authorization }: Who = {}): Promise<string> {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  const response = await fetch(`${apiUrl}/graphql`, { method: 'PUT', headers });
  if (response.status !== 201)
    throw new Error(`reserved nothing: ${response.status} ${await response.text()}`);
  return response.text();
}

export function postTo(
  apiUrl: string,
  token: string,
  operationId: string,
  query: string,
  { authorization, after }: Who & { readonly after?: string | undefined } = {},
): Promise<Response> {
  return fetch(`${apiUrl}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      [tokenHeader]: token,
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: JSON.stringify({ query, extensions: { operationId, after } }),
  });
}

/** Reserves and opens a stream: as an EventSource, with the token in the address, or as graphql-sse's client. */
export async function sharedStream(apiUrl: string, options: Who & { readonly inAddress?: boolean } = {}) {
  const token = await reserve(apiUrl, options);
  const cut = new AbortController();
  const messages: { readonly event: string; readonly data: { id: string; payload: GraphQLAnswer } & Ping }[] =
    [];
  const answers: unknown[] = [];
  let comments = 0;
  const where = options.inAddress ? `?token=${token}` : '';
  const response = await fetch(`${apiUrl}/graphql${where}`, {
    headers: { accept: 'text/event-stream', ...(options.inAddress ? {} : { [tokenHeader]: token }) },
    signal: cut.signal,
  });
  if (!response.ok) throw new Error(`opened nothing: ${response.status} ${await response.text()}`);
  const read = async () => {
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const parts = `${text}${chunk}`.split('\n\n');
      text = parts.pop()!;
      for (const part of parts) {
        const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? [];
        if (event === undefined) comments += 1;
        else messages.push({ event, data: JSON.parse(data!) });
      }
    }
  };
  let ended = false;
  const finished = read()
    .catch(() => {})
    .then(() => {
      ended = true;
    });
  const close = () => {
    cut.abort();
    return finished;
  };
  const of = (wanted: string) => messages.filter(({ event }) => event === wanted).map(({ data }) => data);
  await until(() => comments + messages.length > 0);
  return {
    token,
    /** What was answered over HTTP */
    answers,
    get ended() {
      return ended;
    },
    get comments() {
      return comments;
    },
    get pings(): Ping[] {
      return of('ping');
    },
    get completed() {
      return of('complete').map(({ id }) => id);
    },
    results: (id: string) =>
      of('next')
        .filter((data) => data.id === id)
        .map(({ payload }) => payload),
    /** Posts an operation of the stream's viewer, and gives the status. */
    async post(id: string, query: string, { after }: { readonly after?: string } = {}) {
      const posted = await postTo(apiUrl, token, id, query, { ...options, after });
      const answer = await posted.text();
      if (answer !== '') answers.push(JSON.parse(answer));
      return posted.status;
    },
    ask: (method: string, search: string) =>
      fetch(`${apiUrl}/graphql${search}`, { method, headers: { [tokenHeader]: token } }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
