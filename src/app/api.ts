/** The api role: GraphQL over HTTP, WebSocket and Server-Sent Events, and the playground. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Gauge, type Registry } from 'prom-client';
import { createHttpApi } from '../live/http.ts';
import { refuseBadRequest } from '../live/request-limits.ts';
import { serveWebSocket } from '../live/web-socket.ts';
import { aborted } from '../platform/aborted.ts';
import type { Config } from '../platform/config.ts';
import { containTo } from '../platform/contained.ts';
import { answerHealth, type Health } from '../platform/health.ts';
import { showLoops } from '../platform/loop-metrics.ts';
import { openRole } from '../platform/role.ts';
import { createSignIn } from '../platform/sign-in.ts';
import { drain } from './drain.ts';
import { openLive } from './live.ts';
import { welcome } from './welcome.ts';

const path = '/graphql';

/** Serves until the signal, then lets its clients go a few at a time, so that they resume elsewhere. */
export async function runApi(config: Config, signal: AbortSignal): Promise<void> {
  await using role = openRole('api', config);
  const { logger, registry } = role;
  const { schema, executor, ready, count } = await openLive(role);
  showLoops(registry);
  // its loops follow the log, which is served from Postgres while they fail
  const health: Health = { ready, registry, isVital: () => false };
  const settings = {
    path,
    schema,
    executor,
    logger,
    allowedOrigins: config.ALLOWED_ORIGINS,
    keepAliveMs: config.KEEP_ALIVE_MS,
    signIn: createSignIn(config),
  };

  const http = createHttpApi({ ...settings, welcome });
  const eventStreams = new Set<ServerResponse>();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (await answerHealth(health, request, response)) return;
    if (request.url === '/') return void response.writeHead(302, { location: path }).end();
    if (refuseBadRequest(request, response)) return;
    if (asksForEventStream(request)) {
      eventStreams.add(response);
      response.once('close', () => eventStreams.delete(response));
    }
    await http(request, response);
  };
  const server = createServer((request, response) => {
    // the connection it came on tells its client that there will be no answer
    containTo('request', logger, () => response.destroy()).wrap(answer)(request, response);
  });
  // longer than clients and load balancers keep a connection: else one is closed as a request is on its way
  server.keepAliveTimeout = 75_000; // ms
  const sockets = serveWebSocket({
    ...settings,
    server,
    maxSubscriptions: config.MAX_SUBSCRIPTIONS_PER_SOCKET,
  });
  showCounts(registry, () => ({ sockets: sockets.sockets, ...count() }));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.PORT, config.HOST, resolve);
  });
  // such as a connection that cannot be accepted, because the process has all the files open that it may
  server.on('error', (error) => logger.warn({ error: error.message }, 'api.server_error'));
  const { port } = server.address() as AddressInfo;
  logger.info({ port, url: `http://${config.HOST}:${port}${path}` }, 'api.started');

  await aborted(signal);
  logger.info({ sockets: sockets.sockets }, 'api.stopping');
  const closed = new Promise((resolve) => server.close(resolve));
  // event streams are cut: their clients come back with Last-Event-ID
  const cutStreams = Array.from(eventStreams, (response) => () => void response.destroy());
  await drain([...sockets.drain(), ...cutStreams], config.DRAIN_MS);
  await sockets.stop();
  server.closeIdleConnections();
  await closed;
}

const asksForEventStream = ({ headers }: IncomingMessage) =>
  headers.accept?.includes('text/event-stream') ?? false;

function showCounts(registry: Registry, count: () => Record<string, number>): void {
  const gauge = new Gauge({
    name: 'aorta_live',
    help: 'What is open: sockets, groups, their subscriptions, those that are behind, watched signals; and how many reads of history each source answered',
    labelNames: ['what'],
    registers: [registry],
    collect() {
      for (const [what, value] of Object.entries(count())) gauge.set({ what }, value);
    },
  });
}
