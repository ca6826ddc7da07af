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

interface End {
  readonly code: number;
  readonly reason: string;
}

const states = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;

/**
 * A WebSocket class whose sockets end once and for certain. The first sign of an end, be it an error, a close or
 * nothing heard for `silentAfterMs` (while it connects, is open or closes), is told as one close event, and nothing of
 * that socket after it: a server that wakes up late cannot mix what it sends with what the next socket brings.
 */
export function superviseSockets(Implementation: unknown, silentAfterMs: number) {
  if (!Implementation) throw new Error('There is no WebSocket here: give one as `webSocketImpl`.');
  const WebSocket = Implementation as new (url: string, protocol: string) => Socket;

  return class SupervisedSocket {
    static readonly CONNECTING = states.CONNECTING;
    static readonly OPEN = states.OPEN;
    static readonly CLOSING = states.CLOSING;
    static readonly CLOSED = states.CLOSED;

    onopen: ((event: unknown) => void) | null = null;
    onmessage: ((event: unknown) => void) | null = null;
    onclose: ((event: End) => void) | null = null;
    /** Never called: errors come as ends */
    onerror: unknown = null;
    readonly #socket: Socket;
    #heardAt = performance.now();
    #timer: ReturnType<typeof setTimeout> | undefined;
    #ended = false;

    constructor(url: string, protocol: string) {
      const socket = new WebSocket(url, protocol);
      this.#socket = socket;
      socket.onopen = (event: unknown) => this.onopen?.(event);
      socket.onmessage = (event: unknown) => {
        this.#heardAt = performance.now();
        if (this.readyState === states.OPEN) this.onmessage?.(event);
      };
      socket.onclose = (event: End) => this.#end(event);
      socket.onerror = ({ message }: { message?: string }) =>
        this.#end({ code: 1006, reason: message ?? '' });
      this.#watch();
    }

    get readyState(): number {
      return this.#ended ? states.CLOSED : this.#socket.readyState;
    }

    send(data: string): void {
      this.#socket.send(data);
    }

    close(code?: number, reason?: string): void {
      this.#socket.close(code, reason);
    }

    #watch(): void {
      const leftMs = this.#heardAt + silentAfterMs - performance.now();
      if (leftMs > 0) this.#timer = setTimeout(() => this.#watch(), leftMs);
      else this.#end({ code: 4499, reason: `Nothing was heard for ${silentAfterMs} ms` });
    }

    #end(event: End): void {
      if (this.#ended) return;
      this.#ended = true;
      clearTimeout(this.#timer);
      // a browser's socket can only be closed, which a dead server never answers; that of `ws` can be let go
      if (this.#socket.terminate) this.#socket.terminate();
      else this.#socket.close();
      this.onclose?.(event);
    }
  };
}
