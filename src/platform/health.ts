/** /healthz, /readyz and /metrics: what an orchestrator and a monitoring system ask a process. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { messageOf } from './errors.ts';
import { listen } from './listen.ts';
import { loopStates } from './loop-states.ts';
import type { Problem, Readiness } from './readiness.ts';

export interface Health {
  /** Asked at every probe. A throw is a problem too; without a result there is none. */
  readonly ready: (() => Promise<Readiness>) | (() => Promise<void>);
  readonly registry: Registry;
  /** Loops whose failing keeps the process from its work; that of the others is a warning. Default: all of them */
  readonly isVital?: (loop: string) => boolean;
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
    case '/readyz': {
      const readiness = await readinessOf(health);
      const ready = readiness.problems.length === 0;
      response.writeHead(ready ? 200 : 503, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify({ ready, ...readiness })}\n`);
      return true;
    }
    case '/metrics':
      await answerMetrics(health.registry, response);
      return true;
    default:
      return false;
  }
}

/** A figure that cannot be read is told to who asks: a throw here would end the process. */
async function answerMetrics(registry: Registry, response: ServerResponse): Promise<void> {
  try {
    const metrics = await registry.metrics();
    response.setHeader('content-type', registry.contentType);
    response.end(metrics);
  } catch (error) {
    response.writeHead(500, { 'content-type': 'text/plain' }).end(`${messageOf(error)}\n`);
  }
}

const failingMs = 3_000; // a loop that recovers sooner has done its own work on it

async function readinessOf({ ready, isVital = () => true }: Health): Promise<Readiness> {
  const now = Date.now();
  const asked: unknown = await ready().catch((error: unknown) => problemOf('process', error));
  const { problems, warnings, ...rest } = (asked as Readiness | undefined) ?? nothingWrong;
  const loops = loopStates()
    .filter(({ failing }) => failing && now - failing.since.getTime() >= failingMs)
    .map(({ name, failing }): Problem => ({ what: name, ...failing! }));
  return {
    ...rest,
    problems: [...problems, ...loops.filter(({ what }) => isVital(what))],
    warnings: [...warnings, ...loops.filter(({ what }) => !isVital(what))],
  };
}

const nothingWrong: Readiness = { problems: [], warnings: [] };

const problemOf = (what: string, error: unknown): Readiness => ({
  ...nothingWrong,
  problems: [{ what, error: messageOf(error), since: new Date() }],
});

export interface HealthServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Throws a ListenError. */
export async function startHealthServer(health: Health, host: string, port: number): Promise<HealthServer> {
  const server = createServer((request, response) => {
    answerHealth(health, request, response).then(
      (answered) => answered || response.writeHead(404).end(),
      () => response.destroy(), // a figure that cannot be told ends nothing but its question
    );
  });
  await listen(server, { host, port, setting: 'HEALTH_PORT' });
  server.on('error', () => {}); // a connection that cannot be accepted is no reason to end the process
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
