/** GraphQL over WebSocket: who may open a socket, how long it lives, and how all of them are closed. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { FrontDoor } from '../http/front-door.ts';
import { type Refusal, refuseUpgrade } from '../http/refusal.ts';
import { containTo } from '../platform/contained.ts';
import type { Logger } from '../platform/logger.ts';
import type { SignIn } from '../platform/sign-in.ts';
import { Connection } from './connection.ts';
import type { Executor } from './executor.ts';

export interface WebSocketOptions {
  readonly server: Server;
  readonly path: string;
  readonly executor: Executor;
  readonly frontDoor: FrontDoor;
  readonly keepAliveMs: number;
  readonly maxSubscriptions: number;
  readonly maxAnswerBytes: number;
  readonly signIn: SignIn;
  readonly logger: Logger;
}

export interface WebSocketTransport {
  readonly sockets: number;
  /** Opens no more, and gives a way to close each that is open: with 1001, so that its client comes back elsewhere. */
  drain(): (() => void)[];
  /** Cuts what is left. */
  stop(): Promise<void>;
}

const maxMessageBytes = 1_048_576;
const keepAliveTurns = 16;

export function serveWebSocket(options: WebSocketOptions): WebSocketTransport {
  const { server, path, frontDoor, keepAliveMs, logger } = options;
  // sockets take turns with their keep-alives, so that not all pings fall into one moment
  const turns = Array.from({ length: keepAliveTurns }, () => new Set<Connection>());
  let nextTurn = 0;
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    handleProtocols: (protocols) =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) && GRAPHQL_TRANSPORT_WS_PROTOCOL,
  });

  // an error that nobody hears ends the process, and a client can cause one at any time
  const hearError = (error: Error) => logger.debug({ error: error.message }, 'websocket.error');
  const open = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const refusal = frontDoor.check(request) ?? (request.url?.split('?')[0] === path ? undefined : elsewhere);
    if (refusal) return refuseUpgrade(stream, refusal);
    const { authorization } = request.headers;
    webSockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('error', hearError);
      if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
        return socket.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
      }
      const turn = turns[nextTurn++ % turns.length]!;
      const connection = new Connection(socket, stream, authorization, options);
      turn.add(connection);
      socket.once('close', () => turn.delete(connection));
    });
  };
  const upgrade = (...[request, stream, head]: Parameters<typeof open>) => {
    stream.on('error', hearError);
    containTo('upgrade', logger, () => stream.destroy()).wrap(open)(request, stream, head);
  };
  server.on('upgrade', upgrade);
  let turnAt = 0;
  const keepAlive = setInterval(() => {
    for (const connection of turns[turnAt++ % turns.length]!) connection.keepAlive();
  }, keepAliveMs / keepAliveTurns);

  return {
    get sockets() {
      return webSockets.clients.size;
    },
    drain() {
      server.off('upgrade', upgrade);
      server.on('upgrade', (_request, stream) => {
        stream.on('error', hearError);
        refuseUpgrade(stream, goingAway);
      });
      const open = turns.flatMap((turn) => [...turn]);
      return open.map((connection) => () => connection.close(1001, 'Going away'));
    },
    async stop() {
      clearInterval(keepAlive);
      for (const socket of webSockets.clients) socket.terminate();
      await new Promise<void>((resolve) => webSockets.close(() => resolve()));
    },
  };
}

const elsewhere: Refusal = { status: 404, message: 'There are no sockets at this path.', code: 'NOT_FOUND' };
const goingAway: Refusal = {
  status: 503,
  message: 'This server is stopping. Connect again, to another.',
  code: 'UNAVAILABLE',
};
