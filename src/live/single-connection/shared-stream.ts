/** One event stream with the results of many operations, each message with the id of its operation. */
import { type ExecutionResult, GraphQLError } from 'graphql';
import { type Containment, containTo } from '../../platform/contained.ts';
import { onceAt } from '../../platform/deadline.ts';
import type { Logger } from '../../platform/logger.ts';
import { signInIsOver } from '../event-stream.ts';
import type { Message } from '../message.ts';
import { Operation, type OperationSocket } from '../operation.ts';
import type { Subscription } from '../subscribe.ts';

export interface StreamLimits {
  readonly logger: Logger;
  readonly maxSubscriptions: number;
  /** Of one answer: twice as much unsent ends the stream */
  readonly maxAnswerBytes: number;
}

export interface StreamReader {
  readonly keepAliveMs: number;
  /** Whether what reads the stream hands events named `ping` to its page, and does not choke on them */
  readonly seesPings: boolean;
  readonly gone: AbortSignal;
}

const maxWaitingBytes = 65_536; // beyond it subscriptions wait, and read history later
const maxUnsentAnswers = 2; // of the largest size, to what a client asks without ever reading
const maxRequests = 100; // queries and mutations of one stream at the same time
const maxStalledTurns = 25; // keep-alives; a client that reads nothing for so long comes back with its cursors

export class SharedStream implements OperationSocket {
  /** Of the viewer who has reserved it: nobody else's operations run on it */
  readonly scope: string;
  readonly #limits: StreamLimits;
  readonly #containment: Containment;
  readonly #operations = new Map<string, Operation>();
  readonly #signInTimers = new Map<Operation, () => void>();
  readonly #whenOver: () => void;
  readonly #body: ReadableStream<Uint8Array>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #keepAliveTimer: NodeJS.Timeout | undefined;
  #seesPings = false;
  #stalledTurns = 0;
  #opened = false;
  #over = false;

  /** What its operations send before it is opened waits for it. */
  constructor(scope: string, limits: StreamLimits, whenOver: () => void) {
    this.scope = scope;
    this.#limits = limits;
    this.#containment = containTo('shared event stream', limits.logger, (error) => {
      this.#controller.error(error); // its connection is cut, and its client comes back
      this.end();
    });
    const { wrap } = this.#containment;
    this.#whenOver = whenOver;
    this.#body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: wrap(() => this.#resume()),
        cancel: wrap(() => this.end()),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: maxWaitingBytes }),
    );
  }

  get isOpen(): boolean {
    return this.#opened;
  }

  /** Gives the body of the one response that the stream is read from. It ends when its client is gone. */
  open({ keepAliveMs, seesPings, gone }: StreamReader): ReadableStream<Uint8Array> {
    this.#opened = true;
    this.#seesPings = seesPings;
    this.#keepAlive();
    this.#keepAliveTimer = setInterval(
      this.#containment.wrap(() => this.#keepAlive()),
      keepAliveMs,
    );
    gone.addEventListener(
      'abort',
      this.#containment.wrap(() => this.end()),
      { once: true },
    );
    if (gone.aborted) this.end();
    return this.#body;
  }

  /** Takes the id for an operation that is about to begin; undefined when it is taken, or when too many are open. */
  reserve(id: string): Operation | undefined {
    if (this.#over || this.#operations.has(id)) return undefined;
    if (this.#operations.size >= this.#limits.maxSubscriptions + maxRequests) return undefined;
    const operation = new Operation(this, id);
    this.#operations.set(id, operation);
    return operation;
  }

  /** Why the operation, which is reserved, cannot go on; undefined when it can. */
  refusalOf(operation: Operation): GraphQLError | undefined {
    const alike = [...this.#operations.values()].filter(
      ({ isSubscription }) => isSubscription === operation.isSubscription,
    );
    const { maxSubscriptions } = this.#limits;
    if (operation.isSubscription) {
      return alike.length > maxSubscriptions ? tooManySubscriptions(maxSubscriptions) : undefined;
    }
    return alike.length > maxRequests ? tooManyRequests() : undefined;
  }

  /** Sends what the operation has become: its results until it ends, or the one that it had. */
  follow(operation: Operation, begun: Subscription | ExecutionResult): void {
    if (operation.over) return;
    if (!('join' in begun)) return void operation.answer(begun);
    if (begun.expiresAt !== undefined) {
      const signOut = () => operation.answer(signInIsOver);
      this.#signInTimers.set(operation, onceAt(begun.expiresAt, this.#containment.wrap(signOut)));
    }
    operation.join(begun);
  }

  /** Ends an operation because its client asks for it. Fine when there is none. */
  complete(id: string): void {
    this.#operations.get(id)?.complete();
  }

  get blocked(): boolean {
    return (this.#controller.desiredSize ?? 0) <= 0;
  }

  sendNext(id: Buffer, messages: readonly Message[]): void {
    this.#write(messages.flatMap(({ tail }) => [beforeId, id, afterId, tail, afterMessage]));
  }

  send(message: object): void {
    const { type, ...data } = message as { readonly type: string };
    this.#write([Buffer.from(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`)]);
    const maxUnsentBytes = maxUnsentAnswers * this.#limits.maxAnswerBytes;
    if ((this.#controller.desiredSize ?? 0) < -maxUnsentBytes) this.end();
  }

  tellProgress(operation: Operation): void {
    if (this.#seesPings) this.#sendProgress([operation]);
  }

  forget(operation: Operation): void {
    this.#signInTimers.get(operation)?.();
    this.#signInTimers.delete(operation);
    if (this.#operations.get(operation.id) === operation) this.#operations.delete(operation.id);
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#keepAliveTimer);
    for (const operation of [...this.#operations.values()]) operation.end();
    // throws when the client has cancelled it, which is an end too
    try {
      this.#controller.close();
    } catch {}
    this.#whenOver();
  }

  #write(pieces: readonly Uint8Array[]): void {
    if (!this.#over) this.#controller.enqueue(Buffer.concat(pieces));
  }

  #resume(): void {
    this.#stalledTurns = 0;
    for (const operation of this.#operations.values()) operation.resume();
  }

  #keepAlive(): void {
    if (this.blocked) {
      this.#stalledTurns += 1;
      if (this.#stalledTurns > maxStalledTurns) this.end();
    } else if (this.#seesPings) this.#sendProgress(this.#operations.values());
    else this.#write([comment]);
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
    const data = JSON.stringify(catchingUp.length > 0 ? { cursors, catchingUp } : { cursors });
    this.#write([Buffer.from(`event: ping\ndata: ${data}\n\n`)]);
  }
}

const comment = Buffer.from(':\n\n');
const beforeId = Buffer.from('event: next\ndata: {"id":"');
const afterId = Buffer.from('","payload":');
const afterMessage = Buffer.from('\n\n');

const tooManySubscriptions = (most: number) =>
  new GraphQLError(`This event stream has ${most} subscriptions open, which is the most it can have.`, {
    extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
  });

const tooManyRequests = () =>
  new GraphQLError(`This event stream has ${maxRequests} requests under way. Wait for an answer.`, {
    extensions: { code: 'UNAVAILABLE', retryable: true },
  });
