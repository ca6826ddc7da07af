import type { ExecutionResult, GraphQLError } from 'graphql';
import { idBytes } from './frame.ts';
import type { Message } from './message.ts';
import type { Membership, Outlet, Progress } from './outlet.ts';
import type { Subscription } from './subscribe.ts';

/** The socket that an operation runs on. */
export interface OperationSocket {
  /** Too much is unsent */
  readonly blocked: boolean;
  /** Sends `next` messages of one operation, unless the socket is on its way out. */
  sendNext(id: Buffer, messages: readonly Message[]): void;
  send(message: object): void;
  /** Sends the progress of one operation, outside the keep-alive. */
  tellProgress(operation: Operation): void;
  /** The operation is over, and its id is free again. */
  forget(operation: Operation): void;
}

/** One operation of a client on a WebSocket, from its `subscribe` to its `complete`. */
export class Operation implements Outlet {
  readonly id: string;
  readonly #socket: OperationSocket;
  #idBytes: Buffer | undefined;
  #membership: Membership | undefined;
  /** Until it has begun: a signal is large, and subscriptions are many */
  #givenUp: AbortController | undefined = new AbortController();
  isSubscription = false;
  over = false;

  constructor(socket: OperationSocket, id: string) {
    this.#socket = socket;
    this.id = id;
  }

  /** Aborted when the operation is over, answered or not; undefined once a subscription has begun. */
  get givenUp(): AbortSignal | undefined {
    return this.#givenUp?.signal;
  }

  join(subscription: Subscription): void {
    this.#idBytes = idBytes(this.id);
    this.#membership = subscription.join(this);
    this.#givenUp = undefined;
    // at once, so that a client that receives nothing can resume too
    if (!this.over && this.#membership.progress()) this.#socket.tellProgress(this);
  }

  /** Sends the one result of the operation. */
  answer(result: ExecutionResult): void {
    if (this.over) return;
    this.#socket.send({ id: this.id, type: 'next', payload: result });
    this.complete();
  }

  /** Ends an operation that could not be begun. */
  refuse(errors: readonly GraphQLError[]): void {
    if (this.over) return;
    this.#socket.send({ id: this.id, type: 'error', payload: errors });
    this.end();
  }

  get blocked(): boolean {
    return this.#socket.blocked;
  }

  send(messages: readonly Message[]): void {
    this.#socket.sendNext(this.#idBytes!, messages);
  }

  caughtUp(): void {
    this.#socket.tellProgress(this);
  }

  complete(): void {
    if (this.over) return;
    this.#socket.send({ id: this.id, type: 'complete' });
    this.end();
  }

  resume(): void {
    this.#membership?.resume();
  }

  progress(): Progress | undefined {
    return this.#membership?.progress();
  }

  /** Nothing is sent any more. */
  end(): void {
    this.over = true;
    this.#socket.forget(this);
    this.#membership?.leave();
    this.#givenUp?.abort();
  }
}
