import type { CloseEventLike } from '../errors.ts';

/** What is used of a WebSocket, whoever made it: the browser, Node, or the package ws. */
interface Socket {
  readonly readyState: number;
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
  onerror: unknown;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  terminate?(): void;
}

const states = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;

export interface Supervision {
  /** A socket on which nothing arrives for so long has ended, ms */
  readonly silentAfterMs: number;
  /** A new one on which nothing has arrived after so long too, ms */
  readonly connectTimeoutMs: number;
  /** How long a socket may take to answer when it is checked, ms */
  readonly answerWithinMs: number;
  readonly onConnecting: (url: string) => void;
}

/**
 * A WebSocket class whose sockets end once and for certain. The first sign of an end, be it an error, a close or
 * silence (while it connects, is open or closes), is told as one close event, and nothing of that socket after it: a
 * server that wakes up late cannot mix what it sends with what the next socket brings. `check` finds out now whether
 * those that are open still are.
 */
export function superviseSockets(Implementation: unknown, supervision: Supervision) {
  if (!Implementation) throw new Error('There is no WebSocket here: give one as `webSocketImpl`.');
  const WebSocket = Implementation as new (url: string, protocol: string) => Socket;
  const { silentAfterMs, connectTimeoutMs, answerWithinMs, onConnecting } = supervision;
  const alive = new Set<{ check(): void }>();

  class SupervisedSocket {
    static readonly CONNECTING = states.CONNECTING;
    static readonly OPEN = states.OPEN;
    static readonly CLOSING = states.CLOSING;
    static readonly CLOSED = states.CLOSED;

    onopen: ((event: unknown) => void) | null = null;
    onmessage: ((event: unknown) => void) | null = null;
    onclose: ((event: CloseEventLike) => void) | null = null;
    /** Never called: errors come as ends */
    onerror: unknown = null;
    readonly #socket: Socket;
    #heardAt = performance.now();
    /** How long it may be silent from then on, ms; the word of a server that accepts comes sooner than a keep-alive */
    #patienceMs = Math.min(connectTimeoutMs, silentAfterMs);
    #timer: ReturnType<typeof setTimeout> | undefined;
    #closing = false;
    #ended = false;

    constructor(url: string, protocol: string) {
      onConnecting(String(url));
      const socket = new WebSocket(url, protocol);
      this.#socket = socket;
      socket.onopen = (event: unknown) => this.onopen?.(event);
      socket.onmessage = (event: unknown) => {
        this.#heardAt = performance.now();
        this.#patienceMs = silentAfterMs;
        if (this.readyState === states.OPEN) this.onmessage?.(event);
      };
      socket.onclose = (event: CloseEventLike) => this.#end(event);
      socket.onerror = ({ message }: { message?: string }) =>
        this.#end({ code: 1006, reason: message ?? '' });
      alive.add(this);
      this.#watch();
    }

    get readyState(): number {
      return this.#ended ? states.CLOSED : this.#socket.readyState;
    }

    send(data: string): void {
      this.#socket.send(data);
    }

    close(code?: number, reason?: string): void {
      this.#closing = true;
      this.#socket.close(code, reason);
    }

    /** Asks for a sign of life. One that is not open yet is given up for a new try, unless it is as new itself. */
    check(): void {
      const sinceMs = performance.now() - this.#heardAt;
      if (this.readyState === states.CONNECTING) {
        if (sinceMs > 1_000) this.#end({ code: 4499, reason: 'Begun before the network changed' });
        return;
      }
      if (this.readyState === states.OPEN) this.#socket.send('{"type":"ping"}');
      this.#patienceMs = Math.min(this.#patienceMs, sinceMs + answerWithinMs);
      clearTimeout(this.#timer);
      this.#watch();
    }

    #watch(): void {
      const leftMs = this.#heardAt + this.#patienceMs - performance.now();
      if (leftMs > 0) this.#timer = setTimeout(() => this.#watch(), leftMs);
      else this.#end({ code: 4499, reason: `Nothing was heard for ${Math.round(this.#patienceMs)} ms` });
    }

    #end(event: CloseEventLike): void {
      if (this.#ended) return;
      this.#ended = true;
      alive.delete(this);
      clearTimeout(this.#timer);
      // a browser's socket can only be closed, which a dead server never answers; that of `ws` can be let go
      if (this.#socket.terminate) this.#socket.terminate();
      else this.#socket.close();
      // graphql-ws would come back from a normal closure without a pause, and so for ever
      const isTheirs = event.code === 1000 && !this.#closing;
      this.onclose?.(isTheirs ? { code: 1005, reason: event.reason } : event);
    }
  }

  return {
    WebSocket: SupervisedSocket,
    check() {
      for (const socket of [...alive]) socket.check();
    },
  };
}
