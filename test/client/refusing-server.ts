/** A server that is not Aorta's: it refuses handshakes as proxies do, or closes each socket that it accepts. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

export interface RefusingServer extends AsyncDisposable {
  readonly socketUrl: string;
  /** How many handshakes there were */
  readonly handshakes: number;
}

export type Refusal =
  /** The answer to every request, a handshake or not */
  | { readonly status: number }
  /** Handshakes are refused with `status`, and other requests are answered with `http` */
  | { readonly status: number; readonly http: number }
  /** Sockets are closed with this when their client signs in */
  | { readonly closeCode: number; readonly reason: string };

export async function startRefusingServer(refusal: Refusal): Promise<RefusingServer> {
  let handshakes = 0;
  const server = createServer((_request, response) => {
    if ('status' in refusal) response.statusCode = 'http' in refusal ? refusal.http : refusal.status;
    response.end();
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, stream, head) => {
    handshakes += 1;
    if ('status' in refusal) return stream.end(`HTTP/1.1 ${refusal.status} No\r\nconnection: close\r\n\r\n`);
    sockets.handleUpgrade(request, stream, head, (socket) =>
      socket.once('message', () => socket.close(refusal.closeCode, refusal.reason)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    socketUrl: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    get handshakes() {
      return handshakes;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
