/**
 * One client on a WebSocket, as the protocol graphql-transport-ws has it
 * (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md). A bad operation never harms another.
 */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ExecutionResult, GraphQLError, getOperationAST, OperationTypeNode } from 'graphql';
import {
  CloseCode,
  type ConnectionInitMessage,
  MessageType,
  type Message as ProtocolMessage,
  parseMessage,
  type SubscribeMessage,
} from 'graphql-ws';
import type { WebSocket } from 'ws';
import { onceAt } from '../platform/deadline.ts';
import { messageOf } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';
import { requesterOf } from '../platform/requester.ts';
import type { SignIn, Viewer } from '../platform/sign-in.ts';
import type { Executor } from './executor.ts';
import { writeNext } from './frame.ts';
import type { Message } from './message.ts';
import { Operation, type OperationSocket } from './operation.ts';

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

export class Connection implements OperationSocket {
  readonly #options: ConnectionOptions;
  readonly #socket: WebSocket;
  /** What the WebSocket runs on: frames that are shared by many are written to it as they are */
  readonly #stream: Duplex;
  readonly #operations = new Map<string, Operation>();
  readonly #authorization: string | undefined;
  #initTimer: NodeJS.Timeout | undefined;
  #cancelSignInTimer: (() => void) | undefined;
  #initialised = false;
  #viewer: Viewer | undefined;
  /** Queries and mutations that are being executed: also those that the client has given up, as they go on all the same */
  #requests = 0;
  #alive = true;
  #stalledTurns = 0;

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
    this.#initTimer = setTimeout(
      () => this.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout'),
      initTimeoutMs,
    );
    socket.on('message', (data) => this.#receive(String(data)));
    socket.once('close', () => this.#end());
    stream.on('drain', () => {
      this.#alive = true;
      this.#stalledTurns = 0;
      for (const operation of this.#operations.values()) operation.resume();
    });
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /**
   * Pings with the progress of every subscription; a client that has said nothing since the last time is cut off. One
   * that reads slowly cannot have answered, and is waited for.
   */
  keepAlive(): void {
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
    if (this.#isOpen()) writeNext(this.#stream, id, messages);
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
    let message: ProtocolMessage;
    try {
      message = parseMessage(text);
    } catch {
      return void this.close(CloseCode.BadRequest, 'Invalid message received');
    }
    switch (message.type) {
      case MessageType.ConnectionInit:
        return void this.#initialise(message);
      case MessageType.Ping:
        return void this.send({ type: 'pong', ...(message.payload ? { payload: message.payload } : {}) });
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

  async #initialise({ payload }: ConnectionInitMessage): Promise<void> {
    if (this.#initialised) {
      return this.close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
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
        this.#cancelSignInTimer = onceAt(viewer.expiresAt, () => this.#closeAsSignedOut());
      }
      this.send({ type: 'connection_ack' });
    } catch (error) {
      this.close(CloseCode.Forbidden, asReason(this.#options.executor.formatError(error).message));
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
    this.#run(operation, payload, this.#viewer).catch((error) => {
      this.#options.logger.error({ error: messageOf(error) }, 'websocket.fault');
      operation.refuse([this.#options.executor.formatError(error)]);
    });
  }

  async #run(operation: Operation, payload: SubscribeMessage['payload'], viewer: Viewer): Promise<void> {
    const { executor } = this.#options;
    const checked = executor.check(payload.query);
    if ('errors' in checked) return operation.refuse(checked.errors);
    const { document } = checked;
    const definition = getOperationAST(document, payload.operationName);
    if (!definition) return operation.refuse([executor.formatError(unknownOperation())]);
    const args = {
      schema: executor.schema,
      document,
      variableValues: payload.variables ?? undefined,
      operationName: payload.operationName ?? undefined,
    };
    const isSubscription = definition.operation === OperationTypeNode.SUBSCRIPTION;
    const refusal = this.#refusalOfOneMore(isSubscription);
    if (refusal) return operation.refuse([refusal]);
    operation.isSubscription = isSubscription;
    const { after } = payload.extensions ?? {};
    const request = {
      correlationId: randomUUID(),
      viewer,
      resumeAfter: typeof after === 'string' ? after : undefined,
      requester: requesterOf(this.#stream as Socket, viewer),
      givenUp: operation.givenUp,
      operationName: args.operationName,
    };
    if (!isSubscription) this.#requests += 1;
    try {
      const contextValue = await executor.contextOf(request, document);
      if (operation.over) return;
      const begun = isSubscription
        ? await executor.subscribe({ ...args, contextValue })
        : await executor.execute({ ...args, contextValue });
      if (operation.over) return;
      if ('join' in begun) operation.join(begun);
      else operation.answer(begun as ExecutionResult);
    } finally {
      if (!isSubscription) this.#requests -= 1;
    }
  }

  #refusalOfOneMore(isSubscription: boolean): GraphQLError | undefined {
    const { maxSubscriptions } = this.#options;
    let subscriptions = 0;
    for (const operation of this.#operations.values()) if (operation.isSubscription) subscriptions += 1;
    if (isSubscription && subscriptions >= maxSubscriptions) return tooManySubscriptions(maxSubscriptions);
    return !isSubscription && this.#requests >= maxRequests ? tooManyRequests() : undefined;
  }

  #signInIsOver(): boolean {
    return (this.#viewer?.expiresAt ?? Number.POSITIVE_INFINITY) <= Date.now();
  }

  #closeAsSignedOut(): void {
    this.close(CloseCode.Forbidden, 'The sign-in has expired');
  }

  #sendProgress(operations: Iterable<Operation>): void {
    const cursors: Record<string, string> = Object.create(null); // clients choose the ids: __proto__ is one
    const catchingUp: string[] = [];
    for (const operation of operations) {
      const progress = operation.progress();
      if (!progress) continue;
      cursors[operation.id] = progress.cursor;
      if (!progress.live) catchingUp.push(operation.id);
    }
    this.send({ type: 'ping', payload: catchingUp.length > 0 ? { cursors, catchingUp } : { cursors } });
  }

  #end(): void {
    clearTimeout(this.#initTimer);
    this.#cancelSignInTimer?.();
    for (const operation of [...this.#operations.values()]) operation.end();
  }
}

/** A close reason has room for 123 bytes. */
const asReason = (message: string) => new TextDecoder().decode(Buffer.from(message).subarray(0, 120));

const tooManySubscriptions = (most: number) =>
  new GraphQLError(`This socket has ${most} subscriptions open, which is the most it can have.`, {
    extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
  });

const tooManyRequests = () =>
  new GraphQLError(`This socket has ${maxRequests} requests under way. Wait for an answer.`, {
    extensions: { code: 'UNAVAILABLE', retryable: true },
  });

const unknownOperation = () =>
  new GraphQLError('Name the operation to run: the document has none of that name.');
