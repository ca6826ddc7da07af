/** A small client of the public API over HTTP, cheap enough not to be what a replay measures. */
import { Agent, request } from 'node:http';

export interface ApiClient {
  /** Gives `data`. Throws an ApiRefusal with the first error's message. */
  call<Data>(query: string, variables?: object): Promise<Data>;
  close(): void;
}

/** The API has answered with an error. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly code: string | undefined;

  constructor({ message, extensions }: AnswerError) {
    super(`the API refused: ${message}`);
    this.code = extensions?.code;
  }
}

export const requestsAtOnce = 48;

/** Keeps up to 48 connections open; requests beyond that wait for a free one. `url` is that of the API's endpoint. */
export function createApiClient(url: string): ApiClient {
  const agent = new Agent({ keepAlive: true, maxSockets: requestsAtOnce });
  const { hostname, port, pathname } = new URL(url);
  const post = (body: string) =>
    new Promise<string>((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json',
        'content-length': Buffer.byteLength(body),
      };
      const sent = request({ agent, hostname, port, path: pathname, method: 'POST', headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () => resolve(text));
        response.once('error', reject);
      });
      sent.once('error', reject);
      sent.end(body);
    });
  return {
    async call<Data>(query: string, variables: object = {}) {
      const answer = JSON.parse(await post(JSON.stringify({ query, variables }))) as Answer<Data>;
      if (answer.errors?.[0]) throw new ApiRefusal(answer.errors[0]);
      return answer.data;
    },
    close: () => agent.destroy(),
  };
}

interface Answer<Data> {
  readonly data: Data;
  readonly errors?: readonly AnswerError[];
}

interface AnswerError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}
