import { WebSocket } from 'ws';
import { until } from './until.ts';

/** The part of an answer that tells of what went wrong. */
export interface Answer {
  readonly errors?: readonly { readonly extensions: Readonly<Record<string, unknown>> }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export const codesOf = ({ errors = [] }: Answer) => errors.map(({ extensions }) => extensions.code);

export interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

/** What an operation was answered: an `error` message holds errors only, a `next` message all. */
export function answerIn({ type, payload }: Message): Answer {
  return (type === 'error' ? { errors: payload } : payload) as Answer;
}

/** A socket that speaks the protocol by hand, so that a test can misuse it; acknowledged. */
export async function openSocket(apiUrl: string) {
  const socket = new WebSocket(`${apiUrl.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const messages: Message[] = [];
  let closed: number | undefined;
  socket.on('open', () => socket.send('{"type":"connection_init"}'));
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  socket.on('close', (code) => {
    closed = code;
  });
  socket.on('error', () => {});
  const received = (wanted: (message: Message) => boolean) => until(() => messages.find(wanted));
  await received(({ type }) => type === 'connection_ack');
  return {
    messages,
    received,
    get closed() {
      return closed;
    },
    send: (message: Message) => socket.send(JSON.stringify(message)),
    async [Symbol.asyncDispose]() {
      socket.close();
      await until(() => closed !== undefined);
    },
  };
}
