/**
 * GraphQL over Server-Sent Events (the distinct connections mode of graphql-sse), with the cursor of each item as its
 * id, so that a plain EventSource resumes by itself with Last-Event-ID.
 */
import { type ExecutionResult, GraphQLError } from 'graphql';
import { type Containment, containTo } from '../platform/contained.ts';
import { onceAt } from '../platform/deadline.ts';
import type { Logger } from '../platform/logger.ts';
import { jsonOf, type Message, toMessage } from './message.ts';
import type { Membership, Outlet, Progress } from './outlet.ts';
import { tokenHeader } from './single-connection/protocol.ts';
import type { Subscription } from './subscribe.ts';

const maxUnsentBytes = 65_536; // of one stream; beyond it its subscription waits, and reads history later
export const signInIsOver: ExecutionResult = {
  errors: [
    new GraphQLError('The sign-in has expired. Sign in again, and go on from where you were.', {
      extensions: { code: 'UNAUTHENTICATED' },
    }),
  ],
};
export const eventStreamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};
const complete = Buffer.from('event: complete\ndata:\n\n');

/**
 * Whether an EventSource asks, which hands an event of any name to its page. Others must not get what no protocol has:
 * graphql-sse's client fails at a name that it does not know, and urql takes all data for results. The one posts, or
 * sends its token in a header; the other accepts more types.
 */
export function isEventSource({ method, headers }: Request): boolean {
  return method === 'GET' && headers.get('accept') === 'text/event-stream' && !headers.has(tokenHeader);
}

/**
 * The body of a response. The subscription is let go at its end, and when the client is gone: of a body that nobody has
 * begun to read, the signal alone tells. Where pings are seen, keep-alives are events of that name, so that a page can
 * tell a connection that is dead from one on which nothing happens.
 */
export function eventStream(
  begun: Subscription | ExecutionResult,
  keepAliveMs: number,
  gone: AbortSignal,
  logger: Logger,
  seesPings = false,
): ReadableStream<Uint8Array> {
  let stream: EventStream;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stream = new EventStream(controller, seesPings, logger);
        if ('join' in begun) stream.join(begun, keepAliveMs);
        else stream.answer(begun);
        const { wrap } = stream.containment;
        gone.addEventListener(
          'abort',
          wrap(() => stream.end()),
          { once: true },
        );
        if (gone.aborted) stream.end();
      },
      pull: () => stream.containment.wrap(() => stream.resume())(),
      cancel: () => stream.containment.wrap(() => stream.end())(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: maxUnsentBytes }),
  );
}

class EventStream implements Outlet {
  readonly containment: Containment;
  readonly #controller: ReadableStreamDefaultController<Uint8Array>;
  readonly #seesPings: boolean;
  #membership: Membership | undefined;
  #timer: NodeJS.Timeout | undefined;
  #cancelSignInTimer: (() => void) | undefined;
  #over = false;

  constructor(controller: ReadableStreamDefaultController<Uint8Array>, seesPings: boolean, logger: Logger) {
    this.#controller = controller;
    this.#seesPings = seesPings;
    this.containment = containTo('event stream', logger, (error) => {
      this.end();
      controller.error(error); // its connection is cut, and an EventSource comes back
    });
  }

  join(subscription: Subscription, keepAliveMs: number): void {
    const { expiresAt } = subscription;
    this.#membership = subscription.join(this);
    if (this.#over) return;
    this.#keepAlive();
    const { wrap } = this.containment;
    if (expiresAt !== undefined)
      this.#cancelSignInTimer = onceAt(
        expiresAt,
        wrap(() => this.answer(signInIsOver)),
      );
    const turn = wrap(() => {
      // a client that does not read gets nothing more until it does
      if (!this.blocked) this.#keepAlive();
    });
    this.#timer = setInterval(turn, keepAliveMs);
  }

  /** The last result of the stream. */
  answer(result: ExecutionResult): void {
    this.send([toMessage(result)]);
    this.complete();
  }

  get blocked(): boolean {
    return (this.#controller.desiredSize ?? 0) <= 0;
  }

  send(messages: readonly Message[]): void {
    if (!this.#over) this.#controller.enqueue(Buffer.concat(messages.flatMap(nextEvent)));
  }

  caughtUp(): void {
    this.#keepAlive();
  }

  complete(): void {
    if (this.#over) return;
    this.#controller.enqueue(complete);
    this.end();
    this.#controller.close();
  }

  resume(): void {
    this.#membership?.resume();
  }

  end(): void {
    this.#over = true;
    clearInterval(this.#timer);
    this.#cancelSignInTimer?.();
    this.#membership?.leave();
  }

  #keepAlive(): void {
    const progress = this.#membership?.progress();
    if (!this.#over)
      this.#controller.enqueue(Buffer.from(this.#seesPings ? ping(progress) : hidden(progress)));
  }
}

function ping(progress: Progress | undefined): string {
  if (!progress) return 'event: ping\ndata: {}\n\n';
  const { cursor, live } = progress;
  return `event: ping\nid: ${cursor}\ndata: ${JSON.stringify(live ? { cursor } : { cursor, catchingUp: true })}\n\n`;
}

/** An id without data is kept by the client and shown to nobody; a comment makes proxies pass the headers on. */
const hidden = (progress: Progress | undefined) => (progress ? `id: ${progress.cursor}\n\n` : ':\n\n');

function nextEvent(message: Message): Buffer[] {
  const id = message.cursor === undefined ? '' : `id: ${message.cursor}\n`;
  return [Buffer.from(`${id}event: next\ndata: `), jsonOf(message), Buffer.from('\n\n')];
}
