/** A client that follows numbered events over one socket, and can stop reading for a while. */
import { WebSocket } from 'ws';
import { numberOf } from './numbered-events.ts';

export interface Reader extends Disposable {
  /** Numbers of the events received, as they came */
  readonly numbers: readonly number[];
  /** From when each was written until it was here, ms */
  readonly latencyMs: readonly number[];
  /** Of all messages received */
  readonly bytes: number;
  /** Why the server ended the subscription or the socket; undefined while it has not */
  readonly ended: string | undefined;
  /** Leaves what arrives in the buffers of the system, and then of the server. It goes on saying that it lives. */
  stopReading(): void;
  readOn(): void;
}

interface Message {
  readonly type: string;
  readonly payload?: {
    readonly data?: { readonly events: { readonly correlationId: string; readonly occurredAt: string } };
    readonly cursors?: object;
  };
}

const query = 'subscription { events { correlationId occurredAt payload } }';
const heartbeatMs = 3_000; // more often than the server asks

/** Settles when the subscription stands. `url` is that of the GraphQL endpoint, over ws. */
export async function openReader(url: string): Promise<Reader> {
  const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false });
  const stands = Promise.withResolvers<void>();
  const numbers: number[] = [];
  const latencyMs: number[] = [];
  let bytes = 0;
  let ended: string | undefined;
  const end = (why: string) => {
    ended ??= why;
    stands.reject(new Error(why));
  };
  const send = (message: object) => socket.send(JSON.stringify(message));
  const receive = ({ type, payload }: Message, text: string) => {
    if (type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: { query } });
    else if (type === 'ping') {
      send({ type: 'pong' });
      if (payload?.cursors) stands.resolve();
    } else if (type === 'next' && payload?.data) {
      const { correlationId, occurredAt } = payload.data.events;
      numbers.push(numberOf(correlationId));
      latencyMs.push(Date.now() - Date.parse(occurredAt));
    } else end(text);
  };
  socket.on('open', () => send({ type: 'connection_init' }));
  socket.on('message', (data: Buffer) => {
    bytes += data.length;
    const text = String(data);
    receive(JSON.parse(text), text);
  });
  socket.on('close', (code, reason) => end(`closed with ${code} ${reason}`));
  socket.on('error', ({ message }) => end(message));
  const heartbeat = setInterval(() => {
    if (socket.readyState === socket.OPEN) send({ type: 'pong' });
  }, heartbeatMs);
  await stands.promise;
  return {
    numbers,
    latencyMs,
    get bytes() {
      return bytes;
    },
    get ended() {
      return ended;
    },
    stopReading: () => socket.pause(),
    readOn: () => socket.resume(),
    [Symbol.dispose]() {
      clearInterval(heartbeat);
      socket.terminate();
    },
  };
}
