/**
 * One subscriber over one socket (graphql-transport-ws), at as little CPU as possible, so that the server is what is
 * measured: a plain TCP socket, one receive buffer for all sockets, and messages told apart by a byte.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { clientFrame, FrameReader } from './frames.ts';

export interface SubscriberOptions {
  readonly port: number;
  readonly path: string;
  /** undefined: the server sends as soon as the socket is open, and understands no messages */
  readonly subscribe:
    | { readonly query: string; readonly variables?: object; readonly extensions?: object }
    | undefined;
  /** A `next` message, as `bytes[start, end)`: valid during the call only. */
  onNext(bytes: Buffer, start: number, end: number): void;
  /** The socket, or its subscription, is over, and `close` was not called. */
  onLost(why: string): void;
}

export interface SubscriberSocket {
  /** The operation id: a UUID, as of graphql-ws's own client */
  readonly id: string;
  /** Ends the connection at once and leaves nothing in TIME_WAIT. */
  close(): void;
}

const receiveBuffer = Buffer.alloc(262_144);
const initFrame = clientFrame('text', '{"type":"connection_init"}');
const pongFrame = clientFrame('text', '{"type":"pong"}');

/** Settles when `subscribe` was sent; the server confirms it by the first message only. */
export function openSubscriber(options: SubscriberOptions): Promise<SubscriberSocket> {
  const { port, path, subscribe, onNext, onLost } = options;
  const id = randomUUID();
  return new Promise((resolve, reject) => {
    let socket: Socket;
    let answer = '';
    let isOpen = false;
    let isSettled = false;
    let isClosed = false;
    const subscriber: SubscriberSocket = {
      id,
      close() {
        isClosed = true;
        socket.resetAndDestroy();
      },
    };
    const settle = () => {
      isSettled = true;
      resolve(subscriber);
    };
    const fail = (why: string) => {
      if (isClosed) return;
      isClosed = true;
      socket.destroy();
      if (isSettled) onLost(why);
      else reject(new Error(why));
    };

    const frames = new FrameReader({
      text(bytes, start, end) {
        if (isNext(bytes, start)) return onNext(bytes, start, end);
        const message = bytes.toString('utf8', start, end);
        if (message.startsWith('{"type":"connection_ack"')) {
          const payload = JSON.stringify({ id, type: 'subscribe', payload: subscribe });
          socket.write(clientFrame('text', payload));
          settle();
        } else if (message.startsWith('{"type":"ping"')) socket.write(pongFrame);
        else fail(message);
      },
      ping: (payload) => socket.write(clientFrame('pong', payload)),
      closed: (code, reason) => fail(`closed with ${code} ${reason}`),
    });

    /** Reads the answer to the upgrade, and gives what came after it. */
    const readUpgrade = (text: string): Buffer | undefined => {
      answer += text;
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0) return undefined;
      if (!answer.startsWith('HTTP/1.1 101')) {
        fail(answer.slice(0, end));
        return undefined;
      }
      isOpen = true;
      if (subscribe) socket.write(initFrame);
      else settle();
      return Buffer.from(answer.slice(end + 4), 'latin1');
    };

    socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: receiveBuffer,
        callback(length) {
          try {
            if (isOpen) frames.read(receiveBuffer, length);
            else {
              const rest = readUpgrade(receiveBuffer.toString('latin1', 0, length));
              if (rest) frames.read(rest, rest.length);
            }
          } catch (error) {
            fail((error as Error).message);
          }
          return true;
        },
      },
    });
    socket.once('connect', () => socket.write(upgradeRequest(port, path)));
    socket.once('error', ({ message }) => fail(message));
    socket.once('close', () => fail('the server closed the connection'));
  });
}

const upgradeRequest = (port: number, path: string) =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Protocol: graphql-transport-ws',
    '\r\n',
  ].join('\r\n');

const [i, n] = [...Buffer.from('in')] as [number, number];
const typeAfterId = '{"id":"","type":"'.length + 36; // the id is a UUID
const typeFirst = '{"type":"'.length;

/** Whether the message is a `next`: servers write either its id or its type first. */
function isNext(bytes: Buffer, start: number): boolean {
  return bytes[start + (bytes[start + 2] === i ? typeAfterId : typeFirst)] === n;
}
