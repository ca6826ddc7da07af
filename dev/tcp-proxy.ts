/** A TCP proxy that misbehaves on demand, to stand between a role and a store: cut, silent or slow, then healed. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Open ones; a silent one counts until `cut` or `stop`, as neither side hears of the other's end */
  readonly connections: number;
  /** The URL of the server behind it, changed to lead through the proxy */
  through(url: string): string;
  /** Resets every connection; what becomes of new ones does not change. */
  cut(): void;
  /**
   * Every connection becomes half-open, and each new one too until `heal`: it stays open, what either side sends is
   * swallowed, and neither hears of the other's end. It never speaks again.
   */
  silence(): void;
  /** New connections lead to the server of this URL; open ones stay where they are, as when a name changes. */
  leadTo(url: string): void;
  /** Each new connection is reset at once, until `heal`. */
  refuse(): void;
  /** From now on every piece, or every one that clients send, arrives this much later, in order; ms. */
  slow(ms: number, which?: 'all' | 'requests'): void;
  /** New connections are forwarded, and nothing is slow. Connections that fell silent stay silent for ever. */
  heal(): void;
  /** Resets every connection and stops listening. */
  stop(): Promise<void>;
}

export interface TcpProxyOptions {
  /** The server to forward to: a URL with a port, such as redis://127.0.0.1:6379 */
  readonly to: string;
}

/** A client's connection, and the one to the server that belongs to it. */
interface Link {
  readonly sockets: readonly Socket[];
  silent: boolean;
}

/** Forwards at first. Listens on 127.0.0.1 at a free port. */
export async function startTcpProxy({ to }: TcpProxyOptions): Promise<TcpProxy> {
  let server = new URL(to);
  const links = new Set<Link>();
  let silent = false;
  let refusing = false;
  let delayMs = { requests: 0, answers: 0 };

  // half-open is allowed, so that a silent side does not answer the end of the other
  const proxy = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (refusing) return void client.resetAndDestroy();
    if (silent) {
      const link: Link = { sockets: [client], silent };
      links.add(link);
      client.once('close', () => links.delete(link));
      client.on('error', () => {}).resume();
      return;
    }
    const upstream = connect({
      host: server.hostname,
      port: Number(server.port),
      allowHalfOpen: true,
      noDelay: true,
    });
    const link: Link = { sockets: [client, upstream], silent: false };
    links.add(link);
    client.once('close', () => upstream.closed && links.delete(link));
    upstream.once('close', () => client.closed && links.delete(link));
    forward(link, client, upstream, () => delayMs.requests);
    forward(link, upstream, client, () => delayMs.answers);
  });
  await new Promise<void>((resolve, reject) => {
    proxy.once('error', reject);
    proxy.listen(0, '127.0.0.1', resolve);
  });
  const { port } = proxy.address() as AddressInfo;

  const cut = () => {
    for (const { sockets } of links) for (const socket of sockets) reset(socket);
  };
  const stop = async () => {
    cut();
    await new Promise((resolve) => proxy.close(resolve));
  };
  return {
    port,
    get connections() {
      return links.size;
    },
    through(url) {
      const changed = new URL(url);
      changed.host = `127.0.0.1:${port}`;
      return changed.href;
    },
    cut,
    silence() {
      silent = true;
      for (const link of links) link.silent = true;
    },
    leadTo(url) {
      server = new URL(url);
    },
    refuse() {
      refusing = true;
    },
    slow(ms, which = 'all') {
      delayMs = { requests: ms, answers: which === 'all' ? ms : 0 };
    },
    heal() {
      silent = false;
      refusing = false;
      delayMs = { requests: 0, answers: 0 };
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** One that is being shut down already is closed: Node would not let go of it after a reset. */
function reset(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}

/** Passes on what one side sends, its end and its reset, as long as the link is not silent. */
function forward(link: Link, from: Socket, to: Socket, delayMs: () => number): void {
  let passed = Promise.resolve();
  const pass = (deliver: () => void) => {
    const due = performance.now() + delayMs();
    passed = passed.then(async () => {
      const wait = due - performance.now();
      if (wait > 0) await delay(wait);
      if (!link.silent && !to.destroyed) deliver();
    });
  };
  from.on('data', (chunk) => {
    pass(() => {
      if (to.write(chunk)) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
  });
  from.on('end', () => pass(() => to.end()));
  from.on('error', () => pass(() => to.resetAndDestroy()));
  from.on('close', () => pass(() => to.destroySoon()));
}
