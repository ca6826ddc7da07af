/** The api role: GraphQL over HTTP, WebSocket and Server-Sent Events, and the playground. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Gauge, type Registry } from 'prom-client';
import { createHttpApi } from '../live/http.ts';
import { refuseBadRequest } from '../live/request-limits.ts';
import { serveWebSocket } from '../live/web-socket.ts';
import { aborted } from '../platform/aborted.ts';
import type { Config } from '../platform/config.ts';
import { answerHealth, type Health } from '../platform/health.ts';
import { openRole } from '../platform/role.ts';
import { openLive } from './live.ts';
import { welcome } from './welcome.ts';

const path = '/graphql';

/** Serves until the signal, then closes the sockets with 1001, so that their clients resume elsewhere. */
export async function runApi(config: Config, signal: AbortSignal): Promise<void> {
  await using role = openRole('api', config);
  const { logger, registry } = role;
  const { schema, executor, ready, signals, tail } = await openLive(role);
  const health: Health = { ready, registry };
  const settings = {
    path,
    schema,
    executor,
    logger,
    allowedOrigins: config.ALLOWED_ORIGINS,
    keepAliveMs: config.KEEP_ALIVE_MS,
  };

  const http = createHttpApi({ ...settings, welcome });
  const server = createServer(async (request, response) => {
    if (await answerHealth(health, request, response)) return;
    if (request.url === '/') return void response.writeHead(302, { location: path }).end();
    if (refuseBadRequest(request, response)) return;
    await http(request, response);
  });
  const sockets = serveWebSocket({
    ...settings,
    server,
    maxSubscriptions: config.MAX_SUBSCRIPTIONS_PER_SOCKET,
  });
  countSockets(registry, () => ({
    sockets: sockets.sockets,
    subscribers: tail.subscribers,
    signals: signals.size,
  }));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.PORT, config.HOST, resolve);
  });
  const { port } = server.address() as AddressInfo;
  logger.info({ port, url: `http://${config.HOST}:${port}${path}` }, 'api.started');

  await aborted(signal);
  logger.info('api.stopping');
  const closed = new Promise((resolve) => server.close(resolve));
  await sockets.stop();
  server.closeAllConnections(); // event streams: their clients come back with Last-Event-ID
  await closed;
}

function countSockets(registry: Registry, count: () => Record<string, number>): void {
  const gauge = new Gauge({
    name: 'aorta_live',
    help: 'What is open: sockets, subscribers of events, watched signals',
    labelNames: ['what'],
    registers: [registry],
    collect() {
      for (const [what, value] of Object.entries(count())) gauge.set({ what }, value);
    },
  });
}
