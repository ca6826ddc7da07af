/** /healthz, /readyz and /metrics: what an orchestrator and a monitoring system ask a process. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { messageOf } from './errors.ts';

export interface Health {
  /** Throws with the reason while the process cannot do its work. */
  readonly ready: () => Promise<void>;
  readonly registry: Registry;
}

/** Answers the three paths; false when the request is for something else. */
export async function answerHealth(
  health: Health,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const path = request.url?.split('?')[0];
  switch (path) {
    case '/healthz':
      response.end('ok\n');
      return true;
    case '/readyz':
      await health.ready().then(
        () => response.end('ready\n'),
        (error) => response.writeHead(503).end(`${messageOf(error)}\n`),
      );
      return true;
    case '/metrics':
      response.setHeader('content-type', health.registry.contentType);
      response.end(await health.registry.metrics());
      return true;
    default:
      return false;
  }
}

export interface HealthServer {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startHealthServer(health: Health, host: string, port: number): Promise<HealthServer> {
  const server = createServer(async (request, response) => {
    if (!(await answerHealth(health, request, response))) response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
