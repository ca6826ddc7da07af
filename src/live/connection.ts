/**
 * One client on a WebSocket, as the protocol graphql-transport-ws has it
 * (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md). A bad operation never harms another.
 */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ExecutionResult, GraphQLError } from 'graphql';
import {
  CloseCode,
  type ConnectionInitMessage,
  MessageType,
  type PingMessage,
  type SubscribeMessage,
} from 'graphql-ws';
import type { WebSocket } from 'ws';
import { type Containment, containTo } from '../platform/contained.ts';
import { onceAt } from '../platform/deadline.ts';
import type { Logger } from '../platform/logger.ts';
import { requesterOf } from '../platform/requester.ts';
import type { SignIn, Viewer } from '../platform/sign-in.ts';
import type { Executor } from './executor.ts';
import { writeNext } from './frame.ts';
import type { Message } from './message.ts';
import { Operation, type OperationSocket } from './operation.ts';
import { BadMessageError, readMessage } from './socket/client-message.ts';
import { closeReason } from './socket/close-reason.ts';
import { type OperationProgress, pingMessages } from './socket/ping-messages.ts';
import { type AskedOperation, readOperation } from './socket/read-operation.ts';

export interface ConnectionOptions {
  readonly executor: Executor;
  readonly maxSubscriptions: number;
  /** Of one answer: twice as much unsent ends the socket */
  readonly maxAnswerBytes: number;
  readonly logger: Logger;
  readonly signIn: SignIn;
}

const initTimeoutMs = 3_000;
const maxStalledTurns = 25; // keep-alives; a client that reads nothing for so long comes back with its cursor
const maxRequests = 100; // queries and mutations of one socket at the same time
const maxUnsentAnswers = 2; // of the largest size, to what a client asks without ever reading
const maxEchoLength = 1_024; // characters of a ping whose payload comes back with the pong

export class Connection implements OperationSocket {
  readonly #options: ConnectionOptions;
  readonly #socket: WebSocket;
  /** What the WebSocket runs on: frames that are shared by many are written to it as they are */
  readonly #stream: Duplex;
  #madeContainment: Containment | undefined;
  readonly #operations = new Map<string, Operation>();
  /** Those that are not yet begun: also those that the client has given up, as their work goes on all the same */
  #beginning: Set<Operation> | undefined;
  readonly #authorization: string | undefined;
  #initTimer: NodeJS.Timeout | undefined;
  #cancelSignInTimer: (() => void) | undefined;
  #initialised = false;
  #viewer: Viewer | undefined;
  #alive = true;
  #stalledTurns = 0;
  #owesPong = false;

  /** `authorization` is that of the request which opened the socket; the client can give another when it begins. */
  constructor(
    socket: WebSocket,
    stream: Duplex,
    authorization: string | undefined,
    options: ConnectionOptions,
  ) {
    this.#socket = socket;
    this.#stream = stream;
    this.#authorization = authorization;
    this.#options = options;
    // nothing is made for each socket that only a few will need: of 10,000 most do nothing
    this.#initTimer = setTimeout(() => this.#contain(() => this.#closeAsLate()), initTimeoutMs);
    socket.on('message', (data: unknown) => this.#contain(() => this.#receive(String(data))));
    socket.once('close', () => this.#contain(() => this.#end()));
    stream.on('drain', () => this.#contain(() => this.#drained()));
  }

  get #containment(): Containment {
    this.#madeContainment ??= containTo('websocket', this.#options.logger, () => this.#fail());
    return this.#madeContainment;
  }

  /** For what a timer, the socket or its stream calls. */
  #contain(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#containment.fail(error);
    }
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, closeReason(reason));
  }

  /**
   * Pings with the progress of every subscription; a client that has said nothing since the last time is cut off. One
   * that reads slowly cannot have answered, and is waited for. Never throws.
   */
  keepAlive(): void {
    this.#contain(() => this.#pingOrCutOff());
  }

  #pingOrCutOff(): void {
    if (this.blocked) {
      this.#stalledTurns += 1;
      if (this.#stalledTurns > maxStalledTurns) this.#socket.terminate();
      return;
    }
    if (!this.#alive) return void this.#socket.terminate();
    this.#alive = false;
    this.#sendProgress(this.#operations.values());
  }

  get blocked(): boolean {
    return this.#stream.writableNeedDrain;
  }

  sendNext(id: Buffer, messages: readonly Message[]): void {
    if (!this.#isOpen()) return;
    try {
      writeNext(this.#stream, id, messages);
    } catch (error) {
      this.#containment.fail(error);
    }
  }

  send(message: object): void {
    if (!this.#isOpen()) return;
    this.#socket.send(JSON.stringify(message));
    const maxUnsentBytes = maxUnsentAnswers * this.#options.maxAnswerBytes;
    if (this.#stream.writableLength > maxUnsentBytes) this.#socket.terminate();
  }

  tellProgress(operation: Operation): void {
    this.#sendProgress([operation]);
  }

  forget(operation: Operation): void {
    if (this.#operations.get(operation.id) === operation) this.#operations.delete(operation.id);
  }

  #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  #receive(text: string): void {
    // what arrives behind the message for which the socket is being closed counts for nothing
    if (!this.#isOpen()) return;
    this.#alive = true;
    const message = this.#read(text);
    if (!message) return;
    switch (message.type) {
      case MessageType.ConnectionInit:
        return void this.#initialise(message).catch((error) => this.#containment.fail(error));
      case MessageType.Ping:
        return void this.#answerPing(message, text.length <= maxEchoLength);
      case MessageType.Pong:
        return;
      case MessageType.Subscribe:
        return void this.#begin(message);
      case MessageType.Complete:
        return void this.#operations.get(message.id)?.end();
      default:
        return void this.close(CloseCode.BadRequest, `A client does not send ${message.type}`);
    }
  }

  /** Closes the socket for what is no message, or beyond the bounds of one. */
  #read(text: string) {
    try {
      return readMessage(text, { known: this.#viewer !== undefined });
    } catch (error) {
      if (!(error instanceof BadMessageError)) throw error;
      this.close(CloseCode.BadRequest, error.message);
      return undefined;
    }
  }

  /** One pong for all pings that come while the client reads nothing. */
  #answerPing({ payload }: PingMessage, echoes: boolean): void {
    if (this.blocked) this.#owesPong = true;
    else this.send({ type: 'pong', ...(payload && echoes ? { payload } : {}) });
  }

  #drained(): void {
    this.#alive = true;
    this.#stalledTurns = 0;
    if (this.#owesPong) this.send({ type: 'pong' });
    this.#owesPong = false;
    for (const operation of this.#operations.values()) operation.resume();
  }

  async #initialise({ payload }: ConnectionInitMessage): Promise<void> {
    if (this.#initialised) {
      return void this.close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
    }
    this.#initialised = true;
    clearTimeout(this.#initTimer);
    this.#initTimer = undefined;
    try {
      const { authorization = payload?.Authorization ?? this.#authorization } = payload ?? {};
      const viewer = await this.#options.signIn(authorization);
      if (!this.#isOpen()) return;
      this.#viewer = viewer;
      if (viewer.expiresAt !== undefined) {
        this.#cancelSignInTimer = onceAt(viewer.expiresAt, () =>
          this.#contain(() => this.#closeAsSignedOut()),
        );
      }
      this.send({ type: 'connection_ack' });
    } catch (error) {
      this.close(CloseCode.Forbidden, this.#options.executor.formatError(error).message);
    }
  }

  #begin({ id, payload }: SubscribeMessage): void {
    if (!this.#viewer) return void this.close(CloseCode.Unauthorized, 'Unauthorized');
    if (this.#signInIsOver()) return void this.#closeAsSignedOut();
    if (this.#operations.has(id)) {
      return void this.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
    }
    const operation = new Operation(this, id);
    this.#operations.set(id, operation);
    const refuse = (error: unknown) => operation.refuse([this.#options.executor.formatError(error)]);
    const asked = readOperation(this.#options.executor, payload);
    if ('errors' in asked) return void operation.refuse(asked.errors);
    operation.isSubscription = asked.isSubscription;
    const refusal = this.#refusalOfOneMore(operation);
    if (refusal) return void operation.refuse([refusal]);
    // nothing from here on holds the payload
    this.#run(operation, asked, this.#viewer)
      .catch(refuse)
      .catch((error) => this.#containment.fail(error));
  }

  async #run(operation: Operation, { args, resumeAfter }: AskedOperation, viewer: Viewer): Promise<void> {
    const { executor } = this.#options;
    this.#beginning ??= new Set();
    this.#beginning.add(operation);
    try {
      const request = {
        ...{ correlationId: randomUUID(), viewer, resumeAfter },
        requester: requesterOf(this.#stream as Socket, viewer),
        givenUp: operation.givenUp,
        operationName: args.operationName,
      };
      const contextValue = await executor.contextOf(request, args.document);
      if (operation.over) return;
      const begun = operation.isSubscription
        ? await executor.subscribe({ ...args, contextValue })
        : await executor.execute({ ...args, contextValue });
      if (operation.over) return;
      if ('join' in begun) operation.join(begun);
      else operation.answer(begun as ExecutionResult);
    } finally {
      this.#beginning.delete(operation);
      if (this.#beginning.size === 0) this.#beginning = undefined;
    }
  }

  #refusalOfOneMore({ isSubscription }: Operation): GraphQLError | undefined {
    const { maxSubscriptions } = this.#options;
    let count = 0;
    for (const { isSubscription: same, over } of this.#beginning ?? []) {
      // what is not over is among the operations, where subscriptions are counted
      if (same === isSubscription && (over || !isSubscription)) count += 1;
    }
    if (!isSubscription) return count >= maxRequests ? tooManyRequests() : undefined;
    for (const operation of this.#operations.values()) if (operation.isSubscription) count += 1;
    return count > maxSubscriptions ? tooManySubscriptions(maxSubscriptions) : undefined; // with this one
  }

  #signInIsOver(): boolean {
    return (this.#viewer?.expiresAt ?? Number.POSITIVE_INFINITY) <= Date.now();
  }

  #closeAsLate(): void {
    this.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
  }

  #closeAsSignedOut(): void {
    this.close(CloseCode.Forbidden, 'The sign-in has expired');
  }

  #sendProgress(operations: Iterable<Operation>): void {
    for (const ping of pingMessages(progressOf(operations))) this.send(ping);
  }

  #end(): void {
    clearTimeout(this.#initTimer);
    this.#cancelSignInTimer?.();
    for (const operation of [...this.#operations.values()]) {
      // one that cannot be ended keeps no other from it
      try {
        operation.end();
      } catch (error) {
        this.#containment.fail(error);
      }
    }
  }

  /** A fault of ours, in something that was done for this socket. */
  #fail(): void {
    this.close(CloseCode.InternalServerError, 'Internal server error');
    this.#end();
  }
}

function* progressOf(operations: Iterable<Operation>): Generator<OperationProgress> {
  for (const operation of operations) {
    const progress = operation.progress();
    if (progress) yield { id: operation.id, ...progress };
  }
}

const tooManySubscriptions = (most: number) =>
  new GraphQLError(`This socket has ${most} subscriptions open, which is the most it can have.`, {
    extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
  });

const tooManyRequests = () =>
  new GraphQLError(`This socket has ${maxRequests} requests under way. Wait for an answer.`, {
    extensions: { code: 'UNAVAILABLE', retryable: true },
  });
