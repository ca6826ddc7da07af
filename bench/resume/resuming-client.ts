/**
 * A client as small as one can be, so that thousands fit into one process: one socket, one subscription, and after every
 * loss of the socket it goes on from its last cursor.
 */
import { WebSocket } from 'ws';

export interface Subscription {
  /** Its one field yields events that have an `id`, after the cursor `$after` */
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** False for a server without cursors: the client is taken for live once it has subscribed, and goes on from there */
  readonly resumes: boolean;
}

interface Message {
  readonly type: string;
  readonly payload?: {
    readonly data?: Readonly<Record<string, { readonly id: string }>>;
    readonly errors?: readonly unknown[];
    readonly extensions?: { readonly cursor?: string };
    readonly cursors?: Readonly<Record<string, string>>;
    readonly catchingUp?: readonly string[];
  };
}

const operationId = '1';
const retryMs = 25; // between two attempts while nobody listens

export class ResumingClient {
  /** Ids of all events received, over all sockets, as they came */
  readonly received: string[] = [];
  /** What it was told instead of events */
  readonly refusals: string[] = [];
  readonly #url: string;
  readonly #subscription: Subscription;
  #cursor: string | undefined;
  #socket: WebSocket | undefined;
  #isLive = () => {};

  constructor(url: string, subscription: Subscription) {
    this.#url = url;
    this.#subscription = subscription;
  }

  /** Settles when it has caught up with what is live, or was refused. Tries again for as long as it takes, unless it is cut. */
  connect(): Promise<void> {
    return new Promise((resolve) => {
      this.#isLive = resolve;
      this.#open();
    });
  }

  /** Loses the socket as by a broken network: nothing is said, and what was on its way is gone. */
  cut(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
  }

  #open(): void {
    const socket = new WebSocket(this.#url, 'graphql-transport-ws', { perMessageDeflate: false });
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('message', (data) => {
      if (socket === this.#socket) this.#receive(socket, JSON.parse(String(data)));
    });
    socket.on('close', () => {
      if (socket !== this.#socket) return;
      setTimeout(() => {
        if (socket === this.#socket) this.#open();
      }, retryMs);
    });
  }

  #receive(socket: WebSocket, { type, payload = {} }: Message): void {
    switch (type) {
      case 'connection_ack':
        socket.send(this.#subscribeMessage());
        if (!this.#subscription.resumes) this.#isLive();
        return;
      case 'ping':
        socket.send('{"type":"pong"}');
        this.#receiveProgress(payload);
        return;
      case 'next':
        if (payload.errors) this.#refused(JSON.stringify(payload.errors));
        for (const event of Object.values(payload.data ?? {})) this.received.push(event.id);
        this.#cursor = payload.extensions?.cursor ?? this.#cursor;
        return;
      case 'error':
      case 'complete':
        this.#refused(`${type} ${JSON.stringify(payload)}`);
    }
  }

  /** There is nothing left to wait for. */
  #refused(why: string): void {
    this.refusals.push(why);
    this.#isLive();
  }

  #receiveProgress({ cursors = {}, catchingUp = [] }: NonNullable<Message['payload']>): void {
    const cursor = cursors[operationId];
    if (cursor === undefined) return;
    this.#cursor = cursor;
    if (!catchingUp.includes(operationId)) this.#isLive();
  }

  #subscribeMessage(): string {
    const { query, variables, resumes } = this.#subscription;
    const payload = { query, variables: resumes ? { ...variables, after: this.#cursor } : variables };
    return JSON.stringify({ id: operationId, type: 'subscribe', payload });
  }
}
