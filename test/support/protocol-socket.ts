/** graphql-transport-ws spoken by hand, so that a test can break it. */
import { WebSocket } from 'ws';
import type { Message } from './raw-socket.ts';
import { until } from './until.ts';

export interface ProtocolSocket extends AsyncDisposable {
  readonly messages: readonly Message[];
  readonly protocol: string;
  readonly isOpen: boolean;
  send(message: Message): void;
  sendText(text: string): void;
  sendBytes(bytes: Buffer): void;
  /** The first message of that kind. */
  received(wanted: (message: Message) => boolean): Promise<Message>;
  /** What was said of an operation so far. */
  of(id: string): readonly Message[];
  /** Runs an operation that ends by itself; gives what was said of it. */
  run(id: string, query: string, variables?: object): Promise<readonly Message[]>;
  /** The code with which it was closed, once it is. */
  closed(): Promise<number>;
}

/** A socket of which nothing was said yet. */
export async function open(
  apiUrl: string,
  protocols: string | string[] = 'graphql-transport-ws',
): Promise<ProtocolSocket> {
  const socket = new WebSocket(`${apiUrl.replace('http', 'ws')}/graphql`, protocols);
  const messages: Message[] = [];
  let code: number | undefined;
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  socket.on('close', (given) => {
    code = given;
  });
  socket.on('error', () => {});
  await until(() => socket.readyState === socket.OPEN);
  const of = (id: string) => messages.filter((message) => message.id === id);
  const closed = () => until(() => code, { message: 'the socket is closed' });
  return {
    messages,
    get protocol() {
      return socket.protocol;
    },
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    send: (message) => socket.send(JSON.stringify(message)),
    sendText: (text) => socket.send(text),
    sendBytes: (bytes) => socket.send(bytes, { binary: true }),
    received: (wanted) => until(() => messages.find(wanted)),
    of,
    async run(id, query, variables = {}) {
      const before = of(id).length;
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables } }));
      await until(() => of(id).at(-1)?.type === 'complete' && of(id).length > before);
      return of(id).slice(before);
    },
    closed,
    async [Symbol.asyncDispose]() {
      socket.close();
      await closed();
    },
  };
}

/** A socket that was acknowledged. */
export async function openReady(apiUrl: string, protocols?: string[]): Promise<ProtocolSocket> {
  const socket = await open(apiUrl, protocols);
  socket.send({ type: 'connection_init' });
  await socket.received(({ type }) => type === 'connection_ack');
  return socket;
}
