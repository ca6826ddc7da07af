/** One request to the public API, as a program makes it. */
import { randomUUID } from 'node:crypto';

const patienceMs = 5_000; // with one request

/** The API has answered, with an error. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;

  constructor({ message, extensions }: AnswerError) {
    super(message);
    this.code = extensions?.code ?? '';
  }
}

export interface Request {
  readonly chooseUrl: () => string;
  readonly query: string;
  readonly variables: object;
  readonly correlationId?: string;
}

/** Gives the data. Throws Refusal for an answer with an error, and anything else when there was no answer. */
export async function ask<Data>({
  chooseUrl,
  query,
  variables,
  correlationId = randomUUID(),
}: Request): Promise<Data> {
  const response = await fetch(chooseUrl(), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'x-correlation-id': correlationId,
    },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(patienceMs),
  });
  const { data, errors } = (await response.json()) as Answer<Data>;
  if (errors?.[0]) throw new Refusal(errors[0]);
  if (!data) throw new Error('an answer without data');
  return data;
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly AnswerError[];
}

interface AnswerError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}
