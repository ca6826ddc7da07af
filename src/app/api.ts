/** The api role: GraphQL over HTTP, WebSocket and Server-Sent Events, and the playground. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Gauge, type Registry } from 'prom-client';
import { createFrontDoor } from '../http/front-door.ts';
import { answerFault } from '../http/refusal.ts';
import { createHttpApi } from '../live/http.ts';
import { serveWebSocket } from '../live/web-socket.ts';
import { aborted } from '../platform/aborted.ts';
import { type Config, checkStoppingTimes } from '../platform/config.ts';
import { containTo } from '../platform/contained.ts';
import { answerHealth, type Health } from '../platform/health.ts';
import { listen } from '../platform/listen.ts';
import { showLoops } from '../platform/loop-metrics.ts';
import { openRole } from '../platform/role.ts';
import { createSignIn } from '../platform/sign-in.ts';
import { createPlayground } from '../playground/playground.ts';
import { mutationConnections } from './api-databases.ts';
import { openLive } from './live.ts';
import { gracefully } from './stop-serving.ts';

const path = '/graphql';

/** Serves until the signal, then lets its clients go a few at a time, so that they resume elsewhere. */
export async function runApi(config: Config, signal: AbortSignal): Promise<void> {
  checkStoppingTimes(config);
  await using role = openRole('api', config, mutationConnections(config));
  const { logger, registry } = role;
  const { schema, executor, ready, count } = await openLive(role, signal);
  showLoops(registry);
  const server = createServer();
  const graceful = gracefully(server);
  const health: Health = {
    ready,
    registry,
    isVital: () => false, // its loops follow the log, which is served from Postgres while they fail
  };
  const frontDoor = createFrontDoor({
    allowedOrigins: config.ALLOWED_ORIGINS,
    allowedHosts: [config.HOST, ...config.ALLOWED_HOSTS],
    publicOrigins: config.PUBLIC_URL,
    logger,
  });
  const { KEEP_ALIVE_MS: keepAliveMs } = config;
  const settings = {
    ...{ path, schema, executor, logger, frontDoor, keepAliveMs },
    maxSubscriptions: config.MAX_SUBSCRIPTIONS_PER_SOCKET,
    maxAnswerBytes: config.MAX_ANSWER_BYTES,
    signIn: createSignIn(config),
  };
  const http = createHttpApi({ ...settings, onEventStream: graceful.addEventStream });
  const playground = createPlayground(settings);
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    // asked by monitoring, under whatever name it knows the process
    if (await answerHealth(health, request, response)) return;
    if (!frontDoor.admit(request, response)) return;
    if (request.url === '/') return void response.writeHead(302, { location: path }).end();
    if (await playground(request, response)) return;
    await http(request, response);
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // the connection it came on tells its client that there will be no answer
    const contained = containTo('request', logger, () => response.destroy());
    serve(request, response)
      .catch((error: unknown) => answerFault(response, error, logger))
      .catch(contained.fail);
  });
  // longer than clients and load balancers keep a connection: else one is closed as a request is on its way
  server.keepAliveTimeout = 75_000; // ms
  const sockets = serveWebSocket({ ...settings, server });
  role.onStop(() => sockets.stop());
  showCounts(registry, () => ({ sockets: sockets.sockets, ...count() }));
  await listen(server, { host: config.HOST, port: config.PORT, setting: 'PORT' });
  // such as a connection that cannot be accepted, because the process has all the files open that it may
  server.on('error', (error) => logger.warn({ error: error.message }, 'api.server_error'));
  const { port } = server.address() as AddressInfo;
  const signIn = config.JWT_SECRET ? 'JWT_SECRET' : config.JWKS_URL ? 'JWKS_URL' : 'off';
  logger.info({ port, url: `http://${config.HOST}:${port}${path}`, signIn }, 'api.started');

  await aborted(signal);
  logger.info({ sockets: sockets.sockets }, 'api.stopping');
  const { PRESTOP_MS: preStopMs, DRAIN_MS: drainMs } = config;
  await graceful.stop({ preStopMs, drainMs, drainSockets: () => sockets.drain() });
}

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
