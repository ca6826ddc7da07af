/** How an api leaves its clients to the others: nobody finds a closed door, and nothing that was begun stays unanswered. */
import type { Server, ServerResponse } from 'node:http';
import { Server as TcpServer } from 'node:net';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { drain } from './drain.ts';

export interface Stopping {
  readonly preStopMs: number;
  readonly drainMs: number;
  /** Opens no sockets from now on, and gives a way to close each that is open. */
  readonly drainSockets: () => (() => void)[];
}

export interface GracefulServer {
  /** An event stream, which is cut when the server stops: its client comes back elsewhere, with Last-Event-ID. */
  addEventStream(response: ServerResponse): void;
  /**
   * Serves on for `preStopMs` while /readyz says no, then listens no more, then closes sockets and event streams over
   * `drainMs`. Settles when the last request is answered and its connection closed.
   */
  stop(stopping: Stopping): Promise<void>;
}

const lateStreamMs = 1_000; // what a client gets that comes for an event stream after all others were cut
const lookMs = 50;
const longestAcceptMs = 200; // under a storm of connections there is always one more

/** Has to be made before the server listens. */
export function gracefully(server: Server): GracefulServer {
  const responses = new Set<ServerResponse>();
  const streams = new Set<ServerResponse>();
  let stopping = false;
  let drained = false;
  // a connection that may be closed soon is no place for a next request
  const closeAfter = (response: ServerResponse) => {
    if (!response.headersSent) response.setHeader('connection', 'close');
  };
  server.on('request', (_request, response: ServerResponse) => {
    responses.add(response);
    response.once('close', () => responses.delete(response));
    if (stopping) closeAfter(response);
  });
  const cut = (response: ServerResponse) => () => void response.destroy();

  return {
    addEventStream(response) {
      if (drained) setTimeout(cut(response), lateStreamMs);
      streams.add(response);
      response.once('close', () => streams.delete(response));
    },
    async stop({ preStopMs, drainMs, drainSockets }) {
      stopping = true;
      for (const response of responses) closeAfter(response);
      if (preStopMs > 0) await delay(preStopMs);
      const closeSockets = drainSockets();
      await acceptAll(server);
      const closed = new Promise((resolve) => server.once('close', resolve));
      // not the close of HTTP: it also closes the connections that a proxy keeps and may be using just now
      TcpServer.prototype.close.call(server);
      await drain([...closeSockets, ...Array.from(streams, cut)], drainMs);
      drained = true;
      // those that came while the others were cut
      for (const response of streams) cut(response)();
      // each connection, once what it had under way is answered
      const idle = setInterval(() => server.closeIdleConnections(), lookMs);
      server.closeIdleConnections();
      await closed;
      clearInterval(idle);
    },
  };
}

/**
 * Takes in every connection that has come. One that waits to be accepted is reset when the listener closes, and whoever
 * has sent a mutation on it cannot tell whether it was done. Nothing of ours runs between its end and that close; the
 * moment that is left to the kernel is short, as a process that has just slept is seldom interrupted at once.
 */
async function acceptAll(server: Server): Promise<void> {
  let accepted = 0;
  const count = () => {
    accepted += 1;
  };
  server.on('connection', count);
  const until = performance.now() + longestAcceptMs;
  // one is accepted per turn of the event loop, before what was put off to its end
  for (let before = -1; accepted > before && performance.now() < until; ) {
    before = accepted;
    await delay(1);
    await turn();
  }
  server.off('connection', count);
}
