/** Runs operations: subscriptions over our client library, everything else over HTTP. */
import type { AortaClient } from '../client/index.ts';
import { inPlainWords } from './failure.ts';
import type { RootKind } from './schema.ts';

export interface Request {
  readonly kind: RootKind;
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
}

/** `live`, `catching up` and what else the client library says of a subscription; `refused` and `ended` are the last ones. */
export type Status = string;

export interface Listener {
  answer(answer: unknown): void;
  status(status: Status): void;
  /** What went wrong, for people; nothing follows */
  refused(reason: string): void;
  /** Nothing follows */
  ended(): void;
}

export interface Api {
  readonly url: string;
  readonly authorization: () => string | undefined;
  readonly client: AortaClient;
}

/** Gives what stops it; the listener is not told of that. */
export function run(request: Request, api: Api, listener: Listener): () => void {
  return request.kind === 'subscription' ? follow(request, api, listener) : ask(request, api, listener);
}

function follow({ kind, ...payload }: Request, { client }: Api, listener: Listener): () => void {
  let over = false;
  const once = (tell: () => void) => {
    if (!over) tell();
    over = true;
  };
  listener.status('connecting');
  const end = client.subscribe(payload, {
    next(result) {
      if (over) return;
      listener.answer(result);
      // a subscription that was refused ends with this answer, and has neither data nor cursor
      if (!result.data && result.errors && !hasCursor(result.extensions))
        once(() => listener.refused(inPlainWords(result.errors)));
    },
    progress({ status }) {
      if (!over) listener.status(status);
    },
    error: (error) => once(() => listener.refused(inPlainWords(error))),
    complete: () => once(() => listener.ended()),
  });
  return () => {
    over = true;
    end();
  };
}

const hasCursor = (extensions: unknown) =>
  typeof (extensions as { cursor?: unknown } | undefined)?.cursor === 'string';

function ask({ kind, ...payload }: Request, { url, authorization }: Api, listener: Listener): () => void {
  const given = new AbortController();
  const send = async () => {
    try {
      const signedIn = authorization();
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json, application/json;q=0.9',
          ...(signedIn ? { authorization: signedIn } : {}),
        },
        body: JSON.stringify(payload),
        signal: given.signal,
      });
      const text = await response.text();
      if (given.signal.aborted) return;
      const answer = parse(text);
      if (answer === undefined) {
        return listener.refused(
          `The answer is no JSON: ${response.status} ${response.statusText} ${text.slice(0, 500)}`,
        );
      }
      listener.answer(answer);
      listener.ended();
    } catch (error) {
      if (given.signal.aborted) return;
      const unsure = kind === 'mutation' ? ' Whether the mutation was carried out is not known.' : '';
      listener.refused(`The api does not answer (${inPlainWords(error)}).${unsure} Try again.`);
    }
  };
  listener.status('running');
  void send();
  return () => given.abort();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
