/** Clients as programs have them: over sockets with Aorta's library, and an EventSource. They resume by themselves. */
import { EventSource } from 'eventsource';
import type { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createAortaClient } from '../client/index.ts';
import type { Arrival } from '../demo/verdict.ts';
import type { Seat, Wish } from './audience.ts';

/** One subscription, and all that came of it over however many connections. */
export interface Follower {
  /** Of its client, and what it asked for */
  readonly name: string;
  readonly wish: Wish;
  readonly arrivals: readonly Arrival[];
  /** Why nothing more will arrive, if that is so */
  readonly refused: string | undefined;
}

export interface Client extends AsyncDisposable {
  readonly name: string;
  readonly followers: readonly Follower[];
  /** Its connection is lost. */
  cut(): void;
}

export interface ClientOptions {
  /** The endpoint of an api that is up; throws while there is none. Asked for every connection. */
  readonly chooseUrl: () => string;
  /** From where on the log is followed */
  readonly after: string;
  /** Another client for sockets than Aorta's */
  readonly createSocket?: (url: () => string) => SocketClient;
}

/** Follows what the seat wishes for until it is disposed. */
export function openClient(seat: Seat, options: ClientOptions): Client {
  return seat.transport === 'socket' ? openSocket(seat, options) : openStream(seat, options);
}

type SocketClient = Pick<ReturnType<typeof createClient>, 'subscribe' | 'terminate' | 'dispose'>;

// silence is noticed within two seconds: faults are short
const impatient = { keepAlive: 1_000, pongTimeout: 1_000, backoff: { baseMs: 50, maxMs: 500 } };

const createAortaSocket = (url: () => string): SocketClient =>
  createAortaClient({ ...impatient, url, webSocketImpl: WebSocket });

function openSocket(
  { name, wishes }: Seat,
  { chooseUrl, after, createSocket = createAortaSocket }: ClientOptions,
): Client {
  const client = createSocket(() => chooseUrl().replace('http', 'ws'));
  const followers = wishes.map((wish) => {
    const notes = createNotes(name, wish);
    client.subscribe(
      { query: wish.query, variables: {}, extensions: { after } },
      {
        next: notes.take,
        error: (error) => notes.refuse(error),
        complete: () => notes.refuse('completed'),
      },
    );
    return notes.follower;
  });
  return {
    name,
    followers,
    cut: () => client.terminate(),
    [Symbol.asyncDispose]: async () => client.dispose(),
  };
}

const reopenMs = 200;

function openStream({ name, wishes }: Seat, { chooseUrl, after }: ClientOptions): Client {
  const [wish] = wishes;
  if (!wish || wishes.length > 1) throw new Error('an event stream is one subscription');
  const notes = createNotes(name, wish);
  let cursor = after;
  let connection = new AbortController();
  let source: EventSource;
  let closed = false;
  const open = () => {
    const query = new URLSearchParams({ query: wish.query, variables: JSON.stringify({ after: cursor }) });
    source = new EventSource('http://any.api', {
      // an api of its own for every connection, as a load balancer would choose it
      fetch: async (_url, init) => {
        connection = new AbortController();
        const signal = AbortSignal.any([connection.signal, init.signal as AbortSignal]);
        return fetch(`${chooseUrl()}?${query}`, { ...(init as RequestInit), signal });
      },
    });
    let passing = false;
    source.addEventListener('next', ({ data, lastEventId }) => {
      const result = JSON.parse(data) as Result;
      passing = isPassing(result);
      if (passing) return;
      cursor = lastEventId || cursor;
      notes.take(result);
    });
    source.addEventListener('complete', () => {
      source.close();
      if (passing) reopen();
      else notes.refuse('completed');
    });
    source.addEventListener('error', () => {
      // an answer that is no stream ends an EventSource: a new one goes on
      if (source.readyState === source.CLOSED) reopen();
    });
  };
  const reopen = () =>
    setTimeout(() => {
      if (!closed) open();
    }, reopenMs);
  open();
  return {
    name,
    followers: [notes.follower],
    cut: () => connection.abort(new Error('the connection was lost')),
    async [Symbol.asyncDispose]() {
      closed = true;
      source.close();
    },
  };
}

interface Result {
  readonly data?: Readonly<Record<string, { readonly id: string } | null>> | null | undefined;
  readonly errors?: readonly { readonly message: string; readonly extensions?: unknown }[] | undefined;
}

/** What the server says when it cannot go on for now */
const isPassing = ({ data, errors }: Result) =>
  data == null &&
  (errors ?? []).some(
    ({ extensions }) => (extensions as { retryable?: unknown } | undefined)?.retryable === true,
  );

function createNotes(client: string, wish: Wish) {
  const arrivals: Arrival[] = [];
  let refused: string | undefined;
  const refuse = (reason: unknown) => {
    refused ??= typeof reason === 'string' ? reason : JSON.stringify(reason);
  };
  return {
    refuse,
    take(result: Result) {
      const event = result.data?.[wish.field];
      if (event) arrivals.push({ id: event.id, at: Date.now() });
      else refuse(result.errors ?? 'an item without data');
    },
    follower: {
      name: `${client}, ${wish.name}`,
      wish,
      arrivals,
      get refused() {
        return refused;
      },
    } satisfies Follower,
  };
}
