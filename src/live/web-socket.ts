/**
 * GraphQL over WebSocket (graphql-transport-ws). graphql-ws speaks the protocol; ours are the limits, the keep-alive
 * with progress cursors, and that a bad operation never harms another on the same socket.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, type GraphQLSchema, getOperationAST, OperationTypeNode } from 'graphql';
import {
  CloseCode,
  type Context,
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  makeServer,
  type SubscribePayload,
} from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { messageOf } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';
import type { Executor, LiveContext } from './executor.ts';
import { isAllowedOrigin } from './origin.ts';

export interface WebSocketOptions {
  readonly server: Server;
  readonly path: string;
  readonly schema: GraphQLSchema;
  readonly executor: Executor;
  readonly allowedOrigins: readonly string[];
  readonly keepAliveMs: number;
  readonly maxSubscriptions: number;
  readonly logger: Logger;
}

export interface WebSocketTransport {
  readonly sockets: number;
  /** Closes every socket with 1001: clients come back elsewhere. */
  stop(): Promise<void>;
}

const maxMessageBytes = 1_048_576;

interface Extra {
  /** The contexts of running operations by id, for progress; undefined while one is being made */
  readonly running: Map<string, LiveContext | undefined>;
  readonly sendProgress: () => void;
}

export function serveWebSocket(options: WebSocketOptions): WebSocketTransport {
  const { server, path, schema, executor, allowedOrigins } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    handleProtocols: (protocols) =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) && GRAPHQL_TRANSPORT_WS_PROTOCOL,
  });

  const protocol = makeServer<Record<string, unknown>, Extra>({
    schema,
    onSubscribe: (context, id, payload) => beginOperation(options, context, id, payload),
    execute: (args) => executor.execute(args),
    async subscribe(args) {
      const results = await executor.subscribe(args);
      // the first progress cursor at once: a client that receives nothing can resume too
      (args.contextValue as OperationContext).sendProgress();
      return results as never;
    },
    onComplete: ({ extra }, id) => void extra.running.delete(id),
  });

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.split('?')[0] !== path) return refuse(socket, '404 Not Found');
    if (!isAllowedOrigin(request, allowedOrigins)) return refuse(socket, '403 Forbidden');
    sockets.handleUpgrade(request, socket, head, (webSocket) => serveSocket(webSocket, protocol, options));
  };
  server.on('upgrade', upgrade);

  return {
    get sockets() {
      return sockets.clients.size;
    },
    async stop() {
      server.off('upgrade', upgrade);
      for (const socket of sockets.clients) socket.close(1001, 'Going away');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          for (const socket of sockets.clients) socket.terminate();
        }, 1_000);
        sockets.close(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}

/** What an operation is executed with: the platform's context, and a way to tell its progress. */
type OperationContext = LiveContext & { readonly sendProgress: () => void };

async function beginOperation(
  { schema, executor, maxSubscriptions }: WebSocketOptions,
  { extra }: Context<Record<string, unknown>, Extra>,
  id: string,
  { query, variables, operationName }: SubscribePayload,
) {
  const checked = executor.check(query);
  if ('errors' in checked) return checked.errors;
  const { document } = checked;
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    return [
      executor.formatError(
        new GraphQLError('Name the operation to run: the document has none of that name.'),
      ),
    ];
  }
  if (operation.operation === OperationTypeNode.SUBSCRIPTION && extra.running.size >= maxSubscriptions) {
    const message = `This socket has ${maxSubscriptions} subscriptions open, which is the most it can have.`;
    return [new GraphQLError(message, { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } })];
  }
  // noted before anything is awaited: subscriptions that arrive together count too
  extra.running.set(id, undefined);
  try {
    const context = await executor.contextOf({ correlationId: randomUUID() }, document);
    const contextValue: OperationContext = Object.assign(context, { sendProgress: extra.sendProgress });
    extra.running.set(id, contextValue);
    return { schema, document, variableValues: variables, operationName, contextValue };
  } catch (error) {
    extra.running.delete(id);
    return [executor.formatError(error)];
  }
}

function serveSocket(
  socket: WebSocket,
  protocol: ReturnType<typeof makeServer<Record<string, unknown>, Extra>>,
  { executor, keepAliveMs, logger }: WebSocketOptions,
): void {
  const running = new Map<string, LiveContext | undefined>();
  let alive = true;

  const sendPing = () => {
    const cursors: Record<string, string> = {};
    for (const [id, context] of running) {
      const cursor = context && executor.sourceOf(context)?.progress?.();
      if (cursor !== undefined) cursors[id] = cursor;
    }
    if (socket.readyState === socket.OPEN)
      socket.send(JSON.stringify({ type: 'ping', payload: { cursors } }));
  };
  const keepAlive = setInterval(() => {
    // nothing came since the last ping, not even its pong
    if (!alive) return socket.terminate();
    alive = false;
    sendPing();
  }, keepAliveMs);

  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (data) =>
        new Promise((resolve, reject) => {
          if (socket.readyState !== socket.OPEN) return resolve();
          socket.send(data, (error) => (error ? reject(error) : resolve()));
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) =>
        socket.on('message', (data) => {
          alive = true;
          handle(String(data)).catch((error) => {
            logger.error({ error: messageOf(error) }, 'websocket.fault');
            socket.close(CloseCode.InternalServerError, 'Internal server error');
          });
        }),
    },
    { running, sendProgress: sendPing },
  );
  socket.on('error', (error) => logger.debug({ error: messageOf(error) }, 'websocket.error'));
  socket.once('close', (code, reason) => {
    clearInterval(keepAlive);
    void closed(code, String(reason));
  });
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
